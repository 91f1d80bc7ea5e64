import { poolIdOf } from '@entrepot/inventory';
import type { PoolId } from '@entrepot/inventory';
import { BenchStock, keepInFlight } from '@entrepot/inventory/testing';
import type { LoadFigures } from '@entrepot/inventory/testing';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase } from '@entrepot/platform-database';
import type { PairedFigure } from '../paired-figure.ts';
import { home, withShop } from './stock-cells.ts';
import { figuresOfLoads } from './stock-figures.ts';
import type { StockBenchOptions } from './stock-figures.ts';

const few = 100;
const many = 1_000_000;
/** Few enough that no statement takes as long as a client waits for its answer. */
const madeAtOnce = 20_000;
const toldEvery = 200_000;
/** Fewer than the few pools, so that a batch of either has about as many rows to lock. */
const inFlight = 32;

const openPools = statement(
  'bench.open_pools',
  `INSERT INTO inventory.stock_pool (pool_id, sku, warehouse, home_cell)
   SELECT 'bench/' || n, n::text, 'bench', $3 FROM generate_series($1::int, $2::int) AS n`,
);
const openBooks = statement(
  'bench.open_books',
  `INSERT INTO inventory.escrow (pool_id, minted, free)
   SELECT 'bench/' || n, 1000000, 1000000 FROM generate_series($1::int, $2::int) AS n`,
);
const settle = ['inventory.stock_pool', 'inventory.escrow'].map((table, at) =>
  statement(`bench.settle_${at}`, `VACUUM (ANALYZE) ${table}`),
);

/** What one reservation costs where the books hold a million pools, all asked for alike. */
export function measureManyPools(options: StockBenchOptions): Promise<readonly PairedFigure[]> {
  return withShop(options, (large) =>
    withShop(options, async (small) => {
      const load = async (
        { shop, owner }: typeof large,
        pools: number,
      ): Promise<(seconds: number) => Promise<LoadFigures>> => {
        await makePools(owner, pools, options.print);
        const stock = BenchStock.over(shop, home, poolsOf(pools));
        return (seconds) => keepInFlight({ seconds, inFlight }, () => stock.reserve());
      };
      return figuresOfLoads(
        [
          {
            name: `reservation of ${many.toLocaleString('en')} pools`,
            ...{ unit: `µs each, ${inFlight} in flight`, baseline: `${few} pools` },
            aim: { of: 'ratio', bound: 'at most', value: 1.3 },
            of: ({ perSecond }) => 1_000_000 / perSecond,
          },
        ],
        { measured: await load(large, many), baseline: await load(small, few) },
        options,
      );
    }),
  );
}

const poolsOf = (count: number): PoolId[] =>
  Array.from({ length: count }, (_, at) => poolIdOf('bench', String(at + 1)));

/** Past the door of the stock, which would take its time over a million deliveries. */
async function makePools(
  owner: ShopDatabase,
  count: number,
  print: (line: string) => void,
): Promise<void> {
  for (let from = 1; from <= count; from += madeAtOnce) {
    const to = Math.min(count, from + madeAtOnce - 1);
    await owner.execute(openPools, [from, to, home]);
    await owner.execute(openBooks, [from, to]);
    // a part at a time, since it passes over what it has seen
    for (const table of settle) await owner.execute(table);
    if (to % toldEvery === 0) print(`  ${to.toLocaleString('en')} pools`);
  }
}
