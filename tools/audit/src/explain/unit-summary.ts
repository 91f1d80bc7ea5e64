import { checkStock } from '../check-stock.ts';
import type { ChannelTotals, PoolBalances } from '../check-stock.ts';
import type { GivenUnits, PoolOfCell, UnitsOfCell } from './unit-books.ts';

/** What a cell tells of a pool beyond its border: totals and counts; no order. */
export interface PoolSummary {
  readonly balances: PoolBalances;
  readonly channels: readonly ChannelTotals[];
  readonly orders: PoolOfCell['orders'];
  readonly newestGiven: readonly GivenUnits[];
  readonly movements: number;
  /** What is wrong with the cell's books of this pool, one sentence each. */
  readonly breaches: readonly string[];
}

export interface UnitsSummary {
  readonly cell: string;
  readonly takenAt: string;
  readonly epoch: number;
  readonly state: string;
  readonly pools: readonly PoolSummary[];
}

export const summaryOf = ({ cell, takenAt, epoch, state, pools }: UnitsOfCell): UnitsSummary => ({
  ...{ cell, takenAt, epoch, state },
  pools: pools.map((of) => ({
    balances: of.balances,
    channels: of.channels,
    orders: of.orders,
    newestGiven: of.newestGiven,
    movements: of.movements,
    breaches: breachesOf(cell, of),
  })),
});

/** Balances against themselves, the journal, the reservations and the channels. */
export const breachesOf = (cell: string, of: PoolOfCell): string[] =>
  checkStock({ ...of, cell, pools: [of.balances] }).map(({ code, row }) => {
    const told = Object.entries(row)
      .filter(([name]) => name !== 'cell' && name !== 'pool')
      .map(([name, value]) => `${name} ${value}`);
    return `${code}: ${told.join(', ')}`;
  });
