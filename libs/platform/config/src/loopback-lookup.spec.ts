import { describe, expect, it } from '@jest/globals';
import { isLoopbackName, loopbackLookup } from './loopback-lookup.ts';

const resolve = (host: string): Promise<unknown> =>
  new Promise((settle) => {
    loopbackLookup(host, {}, (error, address) => settle(error ?? address));
  });

describe('loopbackLookup', () => {
  it.each(['in-1.localhost', 'localhost', 'a.b.localhost.', 'EU-1.LocalHost'])(
    'takes %s home',
    async (host) => {
      expect(await resolve(host)).toBe('127.0.0.1');
    },
  );

  it('answers with a list where one is asked for', (done) => {
    loopbackLookup('in-1.localhost', { all: true }, (_error, addresses) => {
      expect(addresses).toEqual([{ address: '127.0.0.1', family: 4 }]);
      done();
    });
  });

  it.each(['notlocalhost', 'localhost.evil', 'example.org'])('leaves %s alone', (host) => {
    expect(isLoopbackName(host)).toBe(false);
  });
});
