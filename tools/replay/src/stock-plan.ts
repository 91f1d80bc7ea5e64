import type { RetailOrder } from './online-retail.ts';
import { warehouseOf } from './online-retail.ts';

export interface PlannedStock {
  readonly sku: string;
  readonly warehouse: string;
  /** Units the warehouse has when the first order comes. */
  readonly units: number;
}

/**
 * The units each code needs for the orders, less a percentage, rounded up: "short by 20 %" is 80 % of
 * what is asked for.
 */
export function planStock(
  orders: readonly RetailOrder[],
  shortPercent: number,
  warehouses: readonly string[],
): readonly PlannedStock[] {
  const asked = new Map<string, number>();
  for (const { stockCode, quantity } of orders.flatMap(({ lines }) => lines)) {
    asked.set(stockCode, (asked.get(stockCode) ?? 0) + quantity);
  }
  return [...asked].map(([sku, quantity]) => ({
    sku,
    warehouse: warehouseOf(sku, warehouses),
    units: Math.ceil((quantity * (100 - shortPercent)) / 100),
  }));
}

/** How a pool stands before the replay: units free per cell, and what its home ever gave to each other one. */
export interface PoolNow {
  readonly freeOf: ReadonlyMap<string, number>;
  readonly grantedTo: ReadonlyMap<string, number>;
}

/** What the books of one cell say, a row for each pool, and for each pool and peer. */
export interface StockReading {
  readonly cell: string;
  readonly free: readonly { readonly pool: string; readonly free: number }[];
  readonly channels: readonly {
    readonly pool: string;
    readonly peer: string;
    readonly granted: number;
  }[];
}

/** Each pool as all cells have it. What others than its home have given is no part of a delivery. */
export function poolsNow(
  readings: readonly StockReading[],
  homeOf: (pool: string) => string | undefined,
): ReadonlyMap<string, PoolNow> {
  const frees = readings.flatMap(({ cell, free }) => free.map((of) => ({ cell, ...of })));
  const grants = readings.flatMap(({ cell, channels }) =>
    channels.filter(({ pool }) => homeOf(pool) === cell),
  );
  const freeByPool = Map.groupBy(frees, ({ pool }) => pool);
  const grantsByPool = Map.groupBy(grants, ({ pool }) => pool);
  return new Map(
    [...freeByPool].map(([pool, of]) => [
      pool,
      {
        freeOf: new Map(of.map(({ cell, free }) => [cell, free])),
        grantedTo: new Map(
          (grantsByPool.get(pool) ?? []).map(({ peer, granted }) => [peer, granted]),
        ),
      },
    ]),
  );
}

export interface TopUp {
  /** Units to take in at the home of the warehouse. */
  readonly mint: number;
  /** Cumulative levels to bring the other cells' channels to. */
  readonly grants: readonly { readonly cell: string; readonly level: number }[];
}

/**
 * What is lacking to an even split of the planned units. Odd units stay at the warehouse's home.
 * Units that are there already and too many stay too: nothing takes units out of the world here.
 */
export function topUp(
  planned: PlannedStock,
  now: PoolNow,
  { home, cells }: { readonly home: string; readonly cells: readonly string[] },
): TopUp {
  const free = (cell: string): number => now.freeOf.get(cell) ?? 0;
  const all = cells.reduce((sum, cell) => sum + free(cell), 0);
  const share = Math.floor(planned.units / cells.length);
  return {
    mint: Math.max(0, planned.units - all),
    grants: cells
      .filter((cell) => cell !== home && free(cell) < share)
      .map((cell) => ({ cell, level: (now.grantedTo.get(cell) ?? 0) + share - free(cell) })),
  };
}
