import { describe, expect, it } from '@jest/globals';
import { measureBorrow } from '../src/inventory/borrow-time.ts';
import { measureReservations } from '../src/inventory/hot-sku.ts';
import { measureRefusals } from '../src/inventory/refusals.ts';
import type { StockBenchOptions } from '../src/inventory/stock-figures.ts';
import type { PairedFigure } from '../src/paired-figure.ts';
import { roundsOfPairs } from '../src/paired-figure.ts';

const options = (told: string[]): StockBenchOptions => ({
  seconds: 0.2,
  standbyAwayMs: 1,
  print: (line) => told.push(line),
});
const limitMs = 180_000;

describe('the bench of stock, with a synchronous standby', () => {
  it.each<[string, (of: StockBenchOptions) => Promise<readonly PairedFigure[]>, string[]]>([
    [
      'holds one SKU',
      measureReservations,
      ['one SKU, reservations', 'one SKU, reservations, ratio', 'one SKU, reservations, p99'],
    ],
    [
      'refuses what is sold out',
      measureRefusals,
      ['refusals after sold-out', 'refusals after sold-out, p99'],
    ],
    ['borrows', measureBorrow, ['borrow, p99', 'borrow, p50']],
  ])(
    '%s, in five rounds each beside its baseline',
    async (_, measure, names) => {
      const told: string[] = [];
      const figures = await measure(options(told));
      expect(figures.map(({ name }) => name)).toEqual(names);
      for (const { measured, baselineMeasured, ratios } of figures) {
        expect(Math.min(measured, baselineMeasured)).toBeGreaterThan(0);
        expect(ratios).toHaveLength(roundsOfPairs);
      }
      expect(told).toContain(`  round ${roundsOfPairs} of ${roundsOfPairs}`);
    },
    limitMs,
  );

  it('finds a borrow to take the way there and back at least', async () => {
    const [, median] = await measureBorrow(options([]));
    expect(median?.measured).toBeGreaterThanOrEqual(130);
    expect(median?.baselineMeasured).toBeLessThan(130);
  }, 180_000);
});
