import { describe, expect, it } from '@jest/globals';
import { isInSample } from '../src/sample.ts';
import { scoreOf } from '../src/score.ts';

describe('the score', () => {
  const found = { place: 'a.ts:1', change: 'x', isFound: true };
  const missed = { place: 'a.ts:2', change: 'y', isFound: false };

  it('counts what was found, rounds nothing that survives away, and names it', () => {
    const score = scoreOf([...Array.from({ length: 299 }, () => found), missed]);
    expect(score).toEqual({ tried: 300, found: 299, percent: 99, survivors: [missed] });
  });

  it('of nothing is nothing', () => {
    expect(scoreOf([]).percent).toBe(0);
  });
});

describe('a sample', () => {
  const things = Array.from({ length: 1_000 }, (_, at) => `thing ${at}`);
  const sampleOf = (seed: number, share: number) =>
    things.filter((thing) => isInSample({ seed, share }, thing));

  it('is the same for the same seed, another for another, and about as large as its share', () => {
    expect(sampleOf(1, 0.2)).toEqual(sampleOf(1, 0.2));
    expect(sampleOf(1, 0.2)).not.toEqual(sampleOf(2, 0.2));
    expect(Math.abs(sampleOf(1, 0.2).length - 200)).toBeLessThan(60);
  });

  it('of all is all', () => {
    expect(sampleOf(3, 1)).toEqual(things);
  });
});
