import { describe, expect, it } from '@jest/globals';

import { escrow, searchedMutants } from './protocols.ts';
import { scopeOf } from './scope.ts';
import type { SearchScope } from './scope.ts';
import { EscrowSearch } from './search.ts';

const statesMax = 400_000;
const one = { reservations: [1] };

/** Lengths of the shortest counter-examples in two cells: to the first broken invariant, to a unit sold twice. */
const lengths: Readonly<Record<string, readonly [breach: number, oversold: number]>> = {
  deltas: [8, 12],
  'two-commits': [6, 12],
  'take-back': [5, 10],
  reclaim: [8, 12],
  lease: [8, 12],
  'stale-standby': [2, 11],
};

describe('a search of everything that escrow can do', () => {
  it.each<[string, SearchScope, number]>([
    ['two cells and one unit', scopeOf(2, 1), 5_900],
    ['two cells and two units', scopeOf(2, 2, one), 370_759],
    [
      'a reservation of two units beside one of one',
      scopeOf(2, 2, { reservations: [2, 1], asks: 'beforehand' }),
      142_056,
    ],
    ['units that go to and fro', scopeOf(2, 1, { levelMax: 3 }), 132_400],
    [
      'a warehouse that loses what it has sold',
      scopeOf(2, 2, { ...one, losses: 1, asks: 'beforehand' }),
      22_090,
    ],
    ['three cells and one unit', scopeOf(3, 1, one), 200_628],
  ])('ends without a breach for %s', (_, scope, states) => {
    const found = new EscrowSearch(scope, escrow, { statesMax }).run();
    expect(found).toMatchObject({ end: 'exhausted', frontier: 0, states });
    expect(found.breach).toBeUndefined();
  });

  it.each(searchedMutants.map((mutant) => [mutant.protocol.name, mutant] as const))(
    'finds the shortest way to sell a unit twice when %s',
    (_, mutant) => {
      const found = new EscrowSearch(scopeOf(2, 2), mutant, { statesMax }).run();
      expect(found.end).toBe('oversold');
      expect([found.breach?.steps.length, found.oversold?.steps.length]).toEqual(
        lengths[mutant.protocol.id],
      );
    },
  );

  it('stops at its limit and says so', () => {
    const found = new EscrowSearch(scopeOf(3, 3), escrow, { statesMax: 5_000 }).run();
    expect(found).toMatchObject({ end: 'limit', breach: undefined, oversold: undefined });
  });
});
