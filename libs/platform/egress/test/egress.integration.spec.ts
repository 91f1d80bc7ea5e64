import { once } from 'node:events';
import { createServer, request as nodeRequest } from 'node:http';
import type { IncomingMessage, RequestOptions, Server } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Egress, EgressList } from '../src/index.ts';

const deadlineMs = 5_000;
const hosts = [{ purpose: 'kms', host: 'kms.example.com', says: 'keys' }] as const;

describe('T35 the way out of a process', () => {
  let server: Server;
  let port: number;
  const heard: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      heard.push(`${request.headers.host ?? ''} ${request.url ?? ''}`);
      if (request.url === '/away') response.writeHead(302, { location: '/elsewhere' });
      response.end(request.url === '/long' ? 'x'.repeat(2 * 1024 * 1024) : 'heard');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });

  /** Every name is at one address, as a forged answer of a resolver would have it. */
  const resolvesTo = (address: string) =>
    ((_host: string, _options: object, done: (...answer: unknown[]) => void) => {
      process.nextTick(done, null, [{ address, family: 4 }]);
    }) as unknown as ConstructorParameters<typeof Egress>[1];

  const withEgress = async <T>(
    { isLoopbackAllowed, address }: { isLoopbackAllowed: boolean; address?: string },
    work: (egress: Egress) => Promise<T>,
  ): Promise<T> => {
    const resolve = address === undefined ? undefined : resolvesTo(address);
    const egress = new Egress(new EgressList({ hosts, isLoopbackAllowed }), resolve);
    try {
      return await work(egress);
    } finally {
      egress.close();
    }
  };

  const ask = (egress: Egress, url: string) =>
    egress.request(new URL(url), { method: 'GET', deadlineMs });

  /** As a library does that brings an HTTP client of its own. */
  const throughAgent = (egress: Egress, url: string): Promise<string> =>
    new Promise((resolve) => {
      const { httpAgent, httpsAgent } = egress.agents;
      const [send, agent] = url.startsWith('https')
        ? [tlsRequest, httpsAgent]
        : [nodeRequest, httpAgent];
      const options: RequestOptions = { agent, timeout: deadlineMs };
      const call = send(new URL(url), options, (answer: IncomingMessage) => {
        answer.resume();
        resolve(String(answer.statusCode));
      });
      call.on('error', (error) => resolve(error.message));
      call.end();
    });

  const throughSocket = (egress: Egress, host: string): Promise<string> =>
    egress.connect({ host, port, deadlineMs }).then(
      (socket) => {
        socket.destroy();
        return 'connected';
      },
      (error: unknown) => String(error),
    );

  it('leads to this machine in development, and nowhere in production', async () => {
    await withEgress({ isLoopbackAllowed: true }, async (egress) => {
      const answer = await ask(egress, `http://in-1.localhost:${port}/a`);
      expect(answer).toMatchObject({ status: 200, body: Buffer.from('heard') });
      expect(await throughAgent(egress, `http://127.0.0.1:${port}`)).toBe('200');
      expect(await throughSocket(egress, 'in-1.localhost')).toBe('connected');
    });
    await withEgress({ isLoopbackAllowed: false }, async (egress) => {
      const before = heard.length;
      for (const host of ['localhost', '127.0.0.1', '[::1]', '13.234.0.1', 'api.razorpay.com']) {
        const url = `https://${host}:${port}/b`;
        await expect(ask(egress, url)).rejects.toThrow('HOST_UNLISTED');
        expect(await throughAgent(egress, url)).toContain('HOST_UNLISTED');
        expect(await throughSocket(egress, host)).toContain('HOST_UNLISTED');
      }
      expect(heard.length).toBe(before);
    });
  });

  it.each(['127.0.0.1', '10.0.0.1', '169.254.169.254'])(
    'does not go to %s for a listed name that resolves to it',
    async (address) => {
      await withEgress({ isLoopbackAllowed: true, address }, async (egress) => {
        const before = heard.length;
        const url = `https://kms.example.com:${port}/c`;
        await expect(ask(egress, url)).rejects.toThrow('ADDRESS_REFUSED');
        expect(await throughAgent(egress, url)).toContain('ADDRESS_REFUSED');
        expect(await throughSocket(egress, 'kms.example.com')).toContain('ADDRESS_REFUSED');
        expect(heard.length).toBe(before);
      });
    },
  );

  it('connects to the very address that was looked at', async () => {
    await withEgress({ isLoopbackAllowed: true, address: '127.0.0.1' }, async (egress) => {
      // this machine's own name, for which the forged resolver answers what the list admits
      expect((await ask(egress, `http://any.localhost:${port}/d`)).status).toBe(200);
      expect(heard.at(-1)).toBe(`any.localhost:${port} /d`);
    });
  });

  it('follows no redirect, reads no endless answer and speaks HTTP only, over TLS to other machines', async () => {
    await withEgress({ isLoopbackAllowed: true }, async (egress) => {
      const at = `http://localhost:${port}`;
      await expect(ask(egress, `${at}/away`)).rejects.toThrow('REDIRECT_REFUSED');
      expect(heard.at(-1)).toContain('/away');
      await expect(ask(egress, `${at}/long`)).rejects.toThrow('ANSWER_TOO_LONG');
      for (const url of ['file:///etc/hosts', `http://kms.example.com:${port}/plain`]) {
        await expect(ask(egress, url)).rejects.toThrow('SCHEME_REFUSED');
      }
      const plain = `http://kms.example.com:${port}/plain`;
      expect(await throughAgent(egress, plain)).toContain('SCHEME_REFUSED');
      expect(heard.at(-1)).toContain('/long');
    });
  });
});
