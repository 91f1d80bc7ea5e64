// Calls itself over mutual TLS, three times on one connection, with bodies that one record of TLS holds and that it
// does not; ends when all were answered.
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';

const { key, cert, sizes } = JSON.parse(process.argv[2] ?? '') as {
  readonly key: string;
  readonly cert: string;
  readonly sizes: readonly number[];
};

const server = createServer({ key, cert }, (incoming, response) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    const body = Buffer.concat(chunks);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const agent = new Agent({
  keepAlive: true,
  maxSockets: 1,
  ca: cert,
  checkServerIdentity: () => undefined,
});
for (const size of sizes) {
  const body = JSON.stringify({ pad: 'x'.repeat(size) });
  await new Promise<void>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const path = `/cell/v1/${size}`;
    const call = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers });
    call.on('error', reject);
    call.on('response', (answer) => answer.resume().on('end', resolve));
    call.end(body);
  });
}
agent.destroy();
server.close();
