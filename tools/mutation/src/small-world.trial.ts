import { escrow, EscrowSearch, scopeOf } from '@entrepot/simulator';
import { describe, expect, it } from '@jest/globals';

describe('a search of everything that escrow can do', () => {
  it('ends without a breach for two cells and one unit', () => {
    const found = new EscrowSearch(scopeOf(2, 1), escrow, { statesMax: 20_000 }).run();
    expect(found).toMatchObject({ end: 'exhausted', frontier: 0, states: 5_900 });
    expect(found.breach).toBeUndefined();
  });
});
