import type { Breach } from './breach.ts';
import { breach } from './breach.ts';
import type { ChannelTotals, PoolBalances } from './check-stock.ts';

export interface CellTotals {
  readonly cell: string;
  readonly pools: readonly PoolBalances[];
  readonly channels: readonly ChannelTotals[];
}

export interface WorldTotals {
  readonly minted: number;
  readonly writtenOff: number;
  readonly transferred: number;
  readonly deficit: number;
  readonly free: number;
  readonly held: number;
  readonly sold: number;
  readonly shipped: number;
  readonly safety: number;
  readonly quarantine: number;
  readonly suspense: number;
  readonly inTransit: number;
}

type Account = Exclude<keyof WorldTotals, 'inTransit'>;

/** Over all cells: units neither appear nor vanish, and no cell took in more than it was given. */
export function checkWorld(cells: readonly CellTotals[]): Breach[] {
  const pools = new Set(cells.flatMap((cell) => cell.pools.map(({ pool }) => pool)));
  const byPool = groupByPool(cells);
  return [...pools].flatMap((pool) => {
    const of = byPool.get(pool) ?? [];
    const totals = totalsOf(of);
    const { sold, shipped, inTransit } = totals;
    // what was declared to be owed was sold and is not there: a loss, and no oversale
    const exist = totals.minted + totals.deficit - totals.writtenOff - totals.transferred;
    const kept = totals.safety + totals.quarantine + totals.suspense;
    const placed = totals.free + totals.held + sold + shipped + kept;
    return [
      ...findOverdrawn(of),
      ...(placed + inTransit === exist
        ? []
        : [breach('UNITS_NOT_CONSERVED', { pool, exist, placed, inTransit })]),
      ...(sold + shipped <= exist ? [] : [breach('OVERSOLD', { pool, exist, sold, shipped })]),
    ];
  });
}

/** All pools together. */
export function worldTotals(cells: readonly CellTotals[]): WorldTotals {
  return totalsOf(cells);
}

function totalsOf(cells: readonly CellTotals[]): WorldTotals {
  const sum = (account: Account): number =>
    cells.reduce((all, { pools }) => all + pools.reduce((one, of) => one + of[account], 0), 0);
  return {
    minted: sum('minted'),
    writtenOff: sum('writtenOff'),
    transferred: sum('transferred'),
    deficit: sum('deficit'),
    free: sum('free'),
    held: sum('held'),
    sold: sum('sold'),
    shipped: sum('shipped'),
    safety: sum('safety'),
    quarantine: sum('quarantine'),
    suspense: sum('suspense'),
    inTransit: transitsOf(cells).reduce((all, { units }) => all + units, 0),
  };
}

interface Transit {
  readonly pool: string;
  readonly donor: string;
  readonly receiver: string;
  readonly units: number;
}

/** What each cell has given to each other one and that one has not taken in. */
function transitsOf(cells: readonly CellTotals[]): Transit[] {
  const units = new Map<string, number>();
  const move = (key: string, by: number): unknown => units.set(key, (units.get(key) ?? 0) + by);
  for (const { cell, channels } of cells) {
    for (const { pool, peer, granted, applied } of channels) {
      move(`${pool} ${cell} ${peer}`, granted);
      move(`${pool} ${peer} ${cell}`, -applied);
    }
  }
  return [...units].map(([key, count]) => {
    const [pool = '', donor = '', receiver = ''] = key.split(' ');
    return { pool, donor, receiver, units: count };
  });
}

const findOverdrawn = (cells: readonly CellTotals[]): Breach[] =>
  transitsOf(cells)
    .filter(({ units }) => units < 0)
    .map(({ pool, donor, receiver, units }) =>
      breach('TAKEN_MORE_THAN_GIVEN', { pool, donor, receiver, units: -units }),
    );

/** Each pool with the part of every cell that concerns it. */
function groupByPool(cells: readonly CellTotals[]): Map<string, CellTotals[]> {
  const grouped = new Map<string, CellTotals[]>();
  for (const { cell, pools, channels } of cells) {
    const own = Map.groupBy(channels, ({ pool }) => pool);
    for (const of of pools) {
      const part = { cell, pools: [of], channels: own.get(of.pool) ?? [] };
      const known = grouped.get(of.pool);
      if (known === undefined) grouped.set(of.pool, [part]);
      else known.push(part);
    }
  }
  return grouped;
}
