import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addressKind } from './addresses.ts';
import { EgressList } from './egress-list.ts';

const europe = [
  { purpose: 'kms', host: 'kms.eu-central-1.amazonaws.com', says: 'keys' },
  { purpose: 'payments', host: 'api.stripe.com', says: 'amounts' },
] as const;
const production = new EgressList({ hosts: europe, isLoopbackAllowed: false });
const development = new EgressList({ hosts: europe, isLoopbackAllowed: true });

describe('T35 the list of a region', () => {
  it('admits the hosts that it names, and a public address of theirs', () => {
    for (const { host } of europe) {
      production.assertHost(host);
      production.assertHost(host.toUpperCase());
      production.assertAddress(host, '52.95.110.1');
      production.assertAddress(host, '2600:1f14::1');
    }
  });

  it.each([
    'kms.ap-south-1.amazonaws.com',
    'api.razorpay.com',
    'in-1.example.com',
    'eu-central-1.amazonaws.com',
    'api.stripe.com.example.net',
    'xapi.stripe.com',
    'localhost',
    '13.234.0.1',
    '[2406:da1a::1]',
    '127.0.0.1',
    '',
  ])('refuses by name what it does not name: %s', (host) => {
    expect(() => production.assertHost(host)).toThrow('HOST_UNLISTED');
  });

  it.each([
    '10.1.2.3',
    '127.0.0.1',
    '169.254.169.254',
    '172.31.255.255',
    '192.168.0.1',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '64:ff9b::a00:1',
    '2002:a00:1::1',
    'not an address',
  ])('refuses by address, whatever listed name resolves to it: %s', (address) => {
    expect(() => production.assertAddress('api.stripe.com', address)).toThrow('ADDRESS_REFUSED');
    expect(() => development.assertAddress('api.stripe.com', address)).toThrow('ADDRESS_REFUSED');
  });

  it('counts this machine as listed in development only, and under its own names only', () => {
    for (const host of ['localhost', 'in-1.localhost', '127.0.0.1', '[::1]']) {
      development.assertHost(host);
      expect(() => production.assertHost(host)).toThrow('HOST_UNLISTED');
    }
    development.assertAddress('in-1.localhost', '127.0.0.1');
    expect(() => development.assertAddress('localhost', '10.0.0.1')).toThrow('ADDRESS_REFUSED');
    expect(() => development.assertHost('localhost.example.net')).toThrow('HOST_UNLISTED');
  });

  it('speaks HTTP over TLS to other machines, and plain HTTP to this one', () => {
    development.assertUrl(new URL('http://in-1.localhost:8080/v1'));
    development.assertUrl(new URL('https://api.stripe.com/v1'));
    for (const url of ['http://api.stripe.com', 'ftp://api.stripe.com', 'file:///etc/hosts']) {
      expect(() => development.assertUrl(new URL(url))).toThrow('SCHEME_REFUSED');
    }
    expect(() => production.assertUrl(new URL('http://localhost'))).toThrow('HOST_UNLISTED');
  });

  it('takes no address and no pattern for a host', () => {
    for (const host of ['10.0.0.1', '*.amazonaws.com', '', 'Api.Stripe.com', 'a b']) {
      const hosts = [{ purpose: 'kms', host, says: 'x' }] as const;
      expect(() => new EgressList({ hosts, isLoopbackAllowed: false })).toThrow('is none');
    }
  });

  it('knows every address of the private networks', () => {
    const byte = fc.nat({ max: 255 });
    fc.assert(
      fc.property(byte, byte, byte, fc.integer({ min: 16, max: 31 }), (a, b, c, d) => {
        for (const address of [
          `10.${a}.${b}.${c}`,
          `192.168.${a}.${b}`,
          `172.${d}.${a}.${b}`,
          `169.254.${a}.${b}`,
          `::ffff:10.${a}.${b}.${c}`,
        ]) {
          expect([address, addressKind(address)]).toEqual([address, 'private']);
        }
        expect(addressKind(`127.${a}.${b}.${c}`)).toBe('loopback');
      }),
    );
  });
});
