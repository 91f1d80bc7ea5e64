import { describe, expect, it } from '@jest/globals';
import { areCachesBypassed } from '@entrepot/platform-cache';
import Fastify from 'fastify';

import { offerCacheBypass } from './cache-bypass-header.ts';

describe('the cache bypass', () => {
  it('reaches what a request does later, of that request only, and is told', async () => {
    const server = Fastify();
    offerCacheBypass(server);
    server.get('/', async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return { isBypassed: areCachesBypassed() };
    });
    const ask = (headers: Record<string, string>) => server.inject({ url: '/', headers });
    const [past, plain, other] = await Promise.all([
      ask({ 'entrepot-cache': 'bypass' }),
      ask({}),
      ask({ 'entrepot-cache': 'yes' }),
    ]);
    expect(past.json()).toEqual({ isBypassed: true });
    expect(past.headers['entrepot-cache']).toBe('bypassed');
    for (const answer of [plain, other]) {
      expect(answer.json()).toEqual({ isBypassed: false });
      expect(answer.headers['entrepot-cache']).toBeUndefined();
    }
    await server.close();
  });
});
