// The baseline: what Fastify alone answers per second on this machine with a JSON of the same size. Run
// as a child process: an IPC message names the bytes of the answer, one comes back with the port.
import Fastify from 'fastify';

const server = Fastify({ logger: false });
let body = { filler: '' };
server.get('/*', () => body);

process.on('message', (message: { readonly bytes: number }) => {
  const frame = JSON.stringify({ filler: '' }).length;
  body = { filler: 'x'.repeat(Math.max(0, message.bytes - frame)) };
  process.send?.({ ready: true });
});
process.on('disconnect', () => void server.close());

await server.listen({ host: '127.0.0.1', port: 0 });
const address = server.server.address();
process.send?.({ port: typeof address === 'object' ? address?.port : undefined });
