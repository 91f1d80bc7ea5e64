import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { decodeEntry, encodeEntry } from './cache-entry.ts';
import { lifetimeOf } from './cache-policy.ts';

const whole = fc.nat({ max: 2 ** 50 });

describe('an encoded entry', () => {
  it('is read back as it was, whatever is in its body', () => {
    const seed = Date.now();
    fc.assert(
      fc.property(whole, whole, whole, fc.option(fc.string()), (version, softAt, hardAt, body) => {
        const entry = { version, softAt, hardAt, body };
        expect(decodeEntry(encodeEntry(entry))).toEqual(entry);
      }),
      { seed },
    );
  });

  it.each(['', 'x', '1|2|3', '1|2|3|body', '-1|2|3|-'])('is not made of "%s"', (text) => {
    expect(decodeEntry(text)).toBeUndefined();
  });
});

describe('lifetimeOf', () => {
  const policy = { softMs: 1_000, hardMs: 10_000, negativeMs: 50, jitter: 0.15 };

  it('spreads the soft time and never lets it pass the hard one', () => {
    const at = (chance: number) => lifetimeOf(policy, { isNegative: false, now: 0, chance });
    expect([at(0).softAt, at(0.5).softAt, at(1).softAt]).toEqual([850, 1_000, 1_150]);
    const tight = { ...policy, softMs: 10_000 };
    expect(lifetimeOf(tight, { isNegative: false, now: 5, chance: 1 }).softAt).toBe(10_005);
  });

  it('forgets soon that there was nothing', () => {
    expect(lifetimeOf(policy, { isNegative: true, now: 7, chance: 0.9 })).toEqual({
      softAt: 57,
      hardAt: 57,
    });
  });
});
