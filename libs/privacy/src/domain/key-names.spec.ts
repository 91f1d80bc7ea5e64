import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isWithin, keyName, keyNamesOf, keysNamed, rangeOver } from './key-names.ts';
import type { EpochRange } from './key-names.ts';

const range: fc.Arbitrary<EpochRange> = fc
  .tuple(fc.integer({ min: 1, max: 999 }), fc.nat({ max: 999 }))
  .map(([first, more]) => ({ first, last: first + more }));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const digest = /^[0-9a-f]{64}$/;

describe('the names of keys in the journal of erasures', () => {
  it('say which epochs, and which KMS key without its ARN', () => {
    fc.assert(
      fc.property(maybe(fc.uuid()), maybe(range), (id, epochs) => {
        const keyArn = id && `arn:aws:kms:ap-south-1:000000000000:key/${id}`;
        const names = keyNamesOf({ keyArn, epochs });
        for (const name of names) expect(name).toMatch(keyName);
        if (id !== undefined) expect(names.join()).not.toContain(id);
        const { arnDigest, epochs: named } = keysNamed(names);
        expect(named).toEqual(epochs);
        expect(arnDigest).toEqual(id === undefined ? undefined : expect.stringMatching(digest));
      }),
    );
  });

  it('join two ranges into the least one that has both in it', () => {
    fc.assert(
      fc.property(maybe(range), maybe(range), (one, other) => {
        const both = rangeOver(one, other);
        for (const part of [one, other]) if (part) expect(isWithin(part, both)).toBe(true);
        expect([one?.first, other?.first, undefined]).toContain(both?.first);
        expect([one?.last, other?.last, undefined]).toContain(both?.last);
        expect(both === undefined).toBe(one === undefined && other === undefined);
      }),
    );
  });
});
