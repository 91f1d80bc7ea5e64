import { createServer, request as nodeRequest } from 'node:http';
import type { IncomingMessage, RequestOptions, Server } from 'node:http';
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
  afterAll(() => void server.close());

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
      await egress.close();
    }
  };

  const ask = (egress: Egress, url: string) =>
    egress.request(new URL(url), { method: 'GET', deadlineMs });

  const throughAgent = (egress: Egress, options: RequestOptions): Promise<string> =>
    new Promise((resolve) => {
      const { httpAgent: agent } = egress.agents;
      const call = nodeRequest(
        { ...options, agent, timeout: deadlineMs },
        (answer: IncomingMessage) => {
          answer.resume();
          resolve(String(answer.statusCode));
        },
      );
      call.on('error', (error) => resolve(error.message));
      call.end();
    });

  it('leads to this machine in development, and nowhere in production', async () => {
    await withEgress({ isLoopbackAllowed: true }, async (egress) => {
      const answer = await ask(egress, `http://in-1.localhost:${port}/a`);
      expect(answer).toMatchObject({ status: 200, text: 'heard' });
      expect(await throughAgent(egress, { host: '127.0.0.1', port })).toBe('200');
    });
    await withEgress({ isLoopbackAllowed: false }, async (egress) => {
      const before = heard.length;
      for (const host of ['localhost', '127.0.0.1', '[::1]', '13.234.0.1', 'api.razorpay.com']) {
        await expect(ask(egress, `http://${host}:${port}/b`)).rejects.toThrow('HOST_UNLISTED');
        expect(await throughAgent(egress, { host, port })).toContain('HOST_UNLISTED');
      }
      expect(heard.length).toBe(before);
    });
  });

  it.each(['127.0.0.1', '10.0.0.1', '169.254.169.254'])(
    'does not go to %s for a listed name that resolves to it',
    async (address) => {
      await withEgress({ isLoopbackAllowed: true, address }, async (egress) => {
        const before = heard.length;
        const url = `http://kms.example.com:${port}/c`;
        await expect(ask(egress, url)).rejects.toThrow('ADDRESS_REFUSED');
        const host = 'kms.example.com';
        expect(await throughAgent(egress, { host, port })).toContain('ADDRESS_REFUSED');
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

  it('follows no redirect, reads no endless answer and speaks HTTP only', async () => {
    await withEgress({ isLoopbackAllowed: true }, async (egress) => {
      const at = `http://localhost:${port}`;
      await expect(ask(egress, `${at}/away`)).rejects.toThrow('REDIRECT_REFUSED');
      expect(heard.at(-1)).toContain('/away');
      await expect(ask(egress, `${at}/long`)).rejects.toThrow('ANSWER_TOO_LONG');
      await expect(ask(egress, 'file:///etc/hosts')).rejects.toThrow('SCHEME_REFUSED');
    });
  });
});
