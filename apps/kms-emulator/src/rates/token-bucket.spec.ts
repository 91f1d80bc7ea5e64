import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TokenBucket } from './token-bucket.ts';

function bucketOf(perSecond: number) {
  let nowMs = 0;
  const bucket = new TokenBucket(perSecond, () => nowMs);
  return {
    take: (calls: number) => Array.from({ length: calls }, () => bucket.take()),
    wait: (ms: number) => void (nowMs += ms),
  };
}
const passed = (outcomes: readonly boolean[]) => outcomes.filter(Boolean).length;

describe('TokenBucket', () => {
  it('lets a full second of calls through at once, and no more', () => {
    const { take } = bucketOf(5);
    expect(take(7)).toEqual([true, true, true, true, true, false, false]);
  });

  it('fills up evenly, and never above a second of calls', () => {
    const { take, wait } = bucketOf(5);
    take(5);
    wait(199);
    expect(passed(take(3))).toBe(0);
    wait(2);
    expect(passed(take(3))).toBe(1);
    wait(60_000);
    expect(passed(take(20))).toBe(5);
  });

  it('never lets more through than a burst and the rate of the time that went by', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.record({ ms: fc.nat({ max: 2000 }), calls: fc.nat({ max: 30 }) })),
        (perSecond, steps) => {
          const { take, wait } = bucketOf(perSecond);
          let elapsedMs = 0;
          let through = 0;
          for (const { ms, calls } of steps) {
            wait(ms);
            elapsedMs += ms;
            through += passed(take(calls));
          }
          expect(through).toBeLessThanOrEqual(perSecond + (elapsedMs / 1000) * perSecond + 1e-6);
        },
      ),
    );
  });
});
