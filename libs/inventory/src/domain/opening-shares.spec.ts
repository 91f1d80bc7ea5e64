import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import fc from 'fast-check';
import { openingShares } from './opening-shares.ts';

const [india, europe, france] = ['in-1', 'eu-1', 'eu-2'] as CellId[] as [CellId, CellId, CellId];
const cells = { home: india, others: [europe, france] };

describe('the units that other cells begin with', () => {
  it('are even parts without a forecast, and the odd units stay at home', () => {
    expect(openingShares(11, cells, undefined)).toEqual([
      { cell: europe, quantity: 3 },
      { cell: france, quantity: 3 },
    ]);
  });

  it('are parts as the forecast expects the demand', () => {
    expect(openingShares(200, cells, { [india]: 70, [europe]: 20, [france]: 10 })).toEqual([
      { cell: europe, quantity: 40 },
      { cell: france, quantity: 20 },
    ]);
    expect(openingShares(200, cells, { [europe]: 1 })).toEqual([
      { cell: europe, quantity: 200 },
      { cell: france, quantity: 0 },
    ]);
  });

  it('are whole, never more than there are, and less than one from the exact part', () => {
    const weight = fc.nat({ max: 1_000 });
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), weight, weight, weight, (units, one, two, three) => {
        fc.pre(one + two + three > 0);
        const forecast = { [india]: one, [europe]: two, [france]: three };
        const [toEurope = 0, toFrance = 0] = openingShares(units, cells, forecast).map(
          ({ quantity }) => quantity,
        );
        expect(toEurope + toFrance).toBeLessThanOrEqual(units);
        for (const [quantity, part] of [
          [toEurope, two],
          [toFrance, three],
        ] as const) {
          expect(Number.isInteger(quantity)).toBe(true);
          expect(Math.abs(quantity - (units * part) / (one + two + three))).toBeLessThan(1);
        }
      }),
      { verbose: fc.VerbosityLevel.Verbose },
    );
  });
});
