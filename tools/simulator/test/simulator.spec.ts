import { describe, expect, it } from '@jest/globals';
import {
  addTally,
  emptyTally,
  hunt,
  mutants,
  protocolOf,
  recoveryFigures,
  runSeed,
} from '@entrepot/simulator';

const firstSeed = 1_000;

describe('simulated cells', () => {
  it('keep every promise of the stock under faults, and come to rest afterwards', () => {
    for (let seed = firstSeed; seed < firstSeed + 100; seed += 1) {
      const { failure } = runSeed({ seed });
      expect(failure).toBeUndefined();
    }
  });

  it.each([2, 3, 4])('do so as %i cells', (cells) => {
    for (let seed = firstSeed; seed < firstSeed + 25; seed += 1) {
      expect(runSeed({ seed, cells }).failure).toBeUndefined();
    }
  });

  it('are restored from backups, and report what nobody remembers of it', () => {
    const tally = emptyTally();
    for (let seed = firstSeed; seed < firstSeed + 100; seed += 1) {
      addTally(tally, runSeed({ seed }).tally);
    }
    expect(tally.faults['restored from a backup']).toBeGreaterThan(50);
    for (const figure of recoveryFigures) expect(tally.recovery[figure]).toBeGreaterThan(0);
  });

  it('live the same run again from the same seed', () => {
    for (let seed = firstSeed; seed < firstSeed + 20; seed += 1) {
      expect(runSeed({ seed })).toEqual(runSeed({ seed }));
    }
  });
});

describe('a planted bug', () => {
  // the rarer ones are for `npm run simulate -- --mutant all`
  it.each([
    'deltas',
    'two-commits',
    'take-back',
    'reclaim-silent',
    'lagging-standby',
    'borrow-by-amount',
    'sold-out-from-zero',
    'answer-before-commit',
    'totals-told-once',
    'always-surrenders',
    'never-surrenders',
    'epoch-unchecked',
    'release-twice',
    'ack-unchecked',
    'mint-twice',
    'no-tombstone',
    'restore-unnoticed',
    'witness-skipped',
    'peers-skipped',
    'epoch-kept',
    'view-of-the-past',
    'suspense-for-sale',
    'endings-forgotten',
  ])('is found: %s', (name) => {
    expect(hunt(name, { firstSeed: 1, runsMax: 500 }).failure).toBeDefined();
  });

  it('has a name of its own and a sentence', () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
    expect(mutants.every(({ sentence }) => sentence.endsWith('.'))).toBe(true);
  });

  it('is found at the same step by its seed, with the last events', () => {
    const { failure } = hunt('deltas', { firstSeed: 1, runsMax: 100 });
    const seed = failure?.seed ?? 0;
    const again = runSeed({ seed, protocol: protocolOf('deltas') });
    expect(again.failure).toEqual(failure);
    expect(again.failure?.trace.length).toBeGreaterThan(10);
    expect(runSeed({ seed }).failure).toBeUndefined();
  });
});
