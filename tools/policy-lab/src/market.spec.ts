import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import fc from 'fast-check';
import { Market, type Wish } from './market.ts';
import { borrowOnly, failThenBorrow, planned, staticSplit, type StockPolicy } from './policies.ts';

const cells = ['in-1', 'eu-1'] as CellId[] as [CellId, CellId];
const [india] = cells;
const policies = [staticSplit, failThenBorrow, borrowOnly, planned()];

const openMarket = (policy: StockPolicy, ...units: number[]): Market => {
  const market = new Market(policy, cells);
  const parts = new Map(cells.map((cell, at) => [cell, units[at] ?? 0]));
  market.open({ pool: 'tea', home: india, units: parts });
  return market;
};
const wish = (at: number, cell: CellId, units = 1): Wish => ({ at, cell, pool: 'tea', units });

const anyWishes = fc
  .array(
    fc.record({
      gap: fc.constantFrom(0, 0.01, 0.1, 3),
      cell: fc.constantFrom(...cells),
      units: fc.integer({ min: 1, max: 5 }),
    }),
    { maxLength: 60, size: 'max' },
  )
  .map((steps) => {
    let at = 0;
    return steps.map(({ gap, cell, units }) => wish((at += gap), cell, units));
  });

describe('Market', () => {
  it('refuses wrongly where cells keep to what they were given', () => {
    const tally = openMarket(staticSplit, 1, 1).run([wish(0, india), wish(1, india)]);
    expect([tally.soldUnits, tally.falseRefusals, tally.messages]).toEqual([1, 1, 0]);
  });

  it('fails an order first and has units for the next', () => {
    const tally = openMarket(failThenBorrow, 0, 1).run([wish(0, india), wish(1, india)]);
    expect([tally.soldUnits, tally.falseRefusals, tally.messages]).toEqual([1, 1, 2]);
  });

  it('lets an order wait one round trip for units of another cell', () => {
    for (const policy of [borrowOnly, planned()]) {
      const tally = openMarket(policy, 0, 1).run([wish(0, india), wish(1, india)]);
      expect([tally.soldUnits, tally.falseRefusals, tally.trueRefusals]).toEqual([1, 0, 1]);
      expect([tally.waited, tally.messages]).toEqual([1, 2]);
      expect(tally.waitP99()).toBeCloseTo(0.13);
    }
  });

  it('sells no more than there is, answers every wish, and never refuses wrongly where orders wait', () => {
    for (const policy of policies) {
      fc.assert(
        fc.property(
          anyWishes,
          fc.array(fc.nat({ max: 30 }), { minLength: 2, maxLength: 2 }),
          (wishes, units) => {
            const tally = openMarket(policy, ...units).run(wishes);
            const there = units.reduce((sum, part) => sum + part, 0);
            expect(tally.soldUnits).toBeLessThanOrEqual(there);
            expect(tally.wishes).toBe(wishes.length);
            if (policy.waits && policy.name !== borrowOnly.name)
              expect(tally.falseRefusals).toBe(0);
          },
        ),
        { verbose: fc.VerbosityLevel.Verbose },
      );
    }
  });
});
