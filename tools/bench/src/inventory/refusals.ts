import { keepInFlight, PlainRows } from '@entrepot/inventory/testing';
import type { PairedFigure } from '../paired-figure.ts';
import { deliver, order } from './selling.ts';
import { plainClients, withTwoCells } from './stock-cells.ts';
import { figuresOfLoads, p99, perSecond } from './stock-figures.ts';
import type { StockBenchOptions } from './stock-figures.ts';

const inFlight = 500;
const baseline = `one conditional UPDATE that finds nothing each, by ${plainClients} clients`;

/** Orders for a SKU that is sold out in both cells: each is refused with proof, and the proof is kept. */
export function measureRefusals(options: StockBenchOptions): Promise<readonly PairedFigure[]> {
  return withTwoCells(options, async ({ home }) => {
    const sku = 'sold-out';
    await deliver(home.api, [sku], 1);
    await order(home.api, sku, 'held');
    const rows = await PlainRows.make(home.owner, 1, 0);
    return figuresOfLoads(
      [
        {
          ...{ name: 'refusals after sold-out', unit: `a second, ${inFlight} in flight`, baseline },
          ...{ of: perSecond, aim: { of: 'figure', bound: 'at least', value: 10_000 } },
        },
        { name: 'refusals after sold-out, p99', unit: 'ms', baseline, of: p99 },
      ],
      {
        measured: (seconds) =>
          keepInFlight({ seconds, inFlight }, () => order(home.api, sku, 'refused')),
        baseline: (seconds) => keepInFlight({ seconds, inFlight: plainClients }, () => rows.take()),
      },
      options,
    );
  });
}
