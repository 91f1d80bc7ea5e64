import { describe, expect, it } from '@jest/globals';
import { newCellId, type CellId } from '@entrepot/kernel';
import fc from 'fast-check';
import { canaryOrderOf, canaryQuantity, canaryUnits, isCanaryOrder } from './canary.ts';

/** What the home and its guests want at once, each with its own part of the units free. */
const wantedBy = (frees: readonly number[], minute: number): number[] =>
  frees.map((free, at) =>
    canaryQuantity({ free, isHome: at === 0, guests: frees.length - 1, minute }),
  );

/** How the units are spread over two to five cells, the home first. */
const spread = fc
  .array(fc.nat({ max: canaryUnits }), { minLength: 1, maxLength: 4 })
  .map((cuts) => {
    const ends = [...cuts.toSorted((left, right) => left - right), canaryUnits];
    return ends.map((end, at) => end - (ends[at - 1] ?? 0));
  });

describe('the canary', () => {
  it('is never wanted more often than it is there, by however many cells at once', () => {
    fc.assert(
      fc.property(spread, fc.nat(), (frees, minute) => {
        const wanted = wantedBy(frees, minute).reduce((sum, units) => sum + units, 0);
        expect(wanted).toBeLessThanOrEqual(canaryUnits);
      }),
    );
  });

  it('is borrowed by the guests in even minutes and by the home in odd ones', () => {
    expect(wantedBy([18, 3, 3], 0)).toEqual([1, 4, 4]);
    expect(wantedBy([18, 3, 3], 1)).toEqual([19, 1, 1]);
  });

  it('is no longer borrowed where a cell has its part', () => {
    expect(wantedBy([12, 6, 6], 0)).toEqual([1, 1, 1]);
    expect(wantedBy([22, 1, 1], 1)).toEqual([1, 1, 1]);
  });

  it('has orders that are told from those of shoppers', () => {
    const cell = 'in-1' as CellId;
    expect(isCanaryOrder(canaryOrderOf(cell, 29_000_000))).toBe(true);
    expect(isCanaryOrder(newCellId('order', cell))).toBe(false);
  });
});
