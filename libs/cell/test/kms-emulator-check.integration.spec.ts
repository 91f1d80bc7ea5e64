import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testKms } from '@entrepot/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { isKmsEmulator } from '../src/production.ts';

let server: Server | undefined;

afterEach(() => stop());

/** Also with answers that nobody read. */
async function stop(): Promise<void> {
  const stopping = server;
  server = undefined;
  if (stopping === undefined) return;
  const closed = once(stopping, 'close');
  stopping.close();
  stopping.closeAllConnections();
  await closed;
}

async function listen(handle: RequestListener): Promise<string> {
  const listening = createServer(handle);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

/** As KMS answers what carries no signature. */
const refuseUnsigned: RequestListener = (_request, response) => {
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
  response.end('{"__type":"MissingAuthenticationTokenException"}');
};

describe('the check for the KMS emulator', () => {
  it('knows the emulator', async () => {
    const { endpoint } = await testKms();
    expect(await isKmsEmulator(endpoint)).toBe(true);
  });

  it.each(['POST /emulator/clock', 'POST /emulator/faults', 'GET /emulator/audit'])(
    'knows it by %s alone, whether that asks for its secret or answers',
    async (address) => {
      for (const status of [401, 200]) {
        const endpoint = await listen((request, response) => {
          if (`${request.method} ${request.url}` !== address) refuseUnsigned(request, response);
          else response.writeHead(status).end();
        });
        expect(await isKmsEmulator(endpoint)).toBe(true);
        await stop();
      }
    },
  );

  it('takes for KMS what has none of these addresses', async () => {
    expect(await isKmsEmulator(await listen(refuseUnsigned))).toBe(false);
  });

  it('leaves an endpoint that does not answer to readiness', async () => {
    const endpoint = await listen(refuseUnsigned);
    await stop();
    expect(await isKmsEmulator(endpoint)).toBe(false);
  });
});
