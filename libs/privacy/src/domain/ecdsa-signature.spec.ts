import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rawSignatureOf } from './ecdsa-signature.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe('rawSignatureOf', () => {
  it('keeps the signature that a KMS gives, in the form that JWS has', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (message) => {
        const raw = rawSignatureOf(sign('sha256', message, privateKey));
        expect(raw).toHaveLength(64);
        const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
        expect(verify('sha256', message, key, raw)).toBe(true);
      }),
      // short numbers occur once in 128 signatures
      { numRuns: 600 },
    );
  });

  it.each([
    ['nothing', ''],
    ['another type', '3106020101020101'],
    ['a length that lies', '3007020101020101'],
    ['one number', '3003020101'],
    ['three numbers', '3009020101020101020101'],
    ['a number of another curve', `30260221${'7f'.repeat(33)}020101`],
  ])('refuses %s', (_what, hex) => {
    expect(() => rawSignatureOf(Buffer.from(hex, 'hex'))).toThrow(RangeError);
  });
});
