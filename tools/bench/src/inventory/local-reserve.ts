import { keepInFlight, PlainRows } from '@entrepot/inventory/testing';
import type { PairedFigure } from '../paired-figure.ts';
import { deliver, order, skusNamed } from './selling.ts';
import { plainClients, withTwoCells } from './stock-cells.ts';
import { figuresOfLoads, p50, p99 } from './stock-figures.ts';
import type { StockBenchOptions } from './stock-figures.ts';

const skuCount = 1_000;
const unitsEach = 100_000;
const inFlight = 32;
const baseline = `one conditional UPDATE each of ${skuCount} rows, by ${plainClients} clients`;

/** How long an order of one line takes to be held where there is stock, any of many SKUs. */
export function measureLocalReserve(options: StockBenchOptions): Promise<readonly PairedFigure[]> {
  return withTwoCells(options, async ({ home }) => {
    const skus = skusNamed('local', skuCount);
    await deliver(home.api, skus, unitsEach);
    const rows = await PlainRows.make(home.owner, skuCount);
    const any = (): string => skus[Math.floor(Math.random() * skus.length)] ?? '';
    const unit = `ms, ${inFlight} in flight`;
    return figuresOfLoads(
      [
        {
          ...{ name: 'local reserve, p50', unit, baseline, of: p50 },
          aim: { of: 'figure', bound: 'at most', value: 10 },
        },
        { name: 'local reserve, p99', unit, baseline, of: p99 },
      ],
      {
        measured: (seconds) =>
          keepInFlight({ seconds, inFlight }, () => order(home.api, any(), 'held')),
        baseline: (seconds) => keepInFlight({ seconds, inFlight: plainClients }, () => rows.take()),
      },
      options,
    );
  });
}
