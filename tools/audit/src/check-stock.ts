import type { Breach } from './breach.ts';
import { breach, Tally } from './breach.ts';

/** The balances of one pool in one cell, as the cell keeps them. Units. */
export interface PoolBalances {
  readonly pool: string;
  readonly home: string;
  readonly minted: number;
  readonly applied: number;
  readonly free: number;
  readonly held: number;
  readonly sold: number;
  readonly shipped: number;
  readonly granted: number;
  readonly writtenOff: number;
  readonly transferred: number;
  /** Promised and not there; while there is any, nothing may be free. */
  readonly deficit: number;
  readonly safety: number;
  readonly quarantine: number;
  readonly suspense: number;
}

/** Totals of one pool with one peer. */
export interface ChannelTotals {
  readonly pool: string;
  readonly peer: string;
  readonly granted: number;
  readonly applied: number;
  readonly acked: number;
}

/** The journal of one pool, summed. `peer` is set for what went to or came from another cell. */
export interface JournalTotal {
  readonly pool: string;
  readonly movement: string;
  readonly peer: string | undefined;
  readonly units: number;
}

export interface ReservedUnits {
  readonly pool: string;
  readonly state: string;
  readonly units: number;
}

export interface StockBooks {
  readonly cell: string;
  readonly pools: readonly PoolBalances[];
  readonly channels: readonly ChannelTotals[];
  readonly journal: readonly JournalTotal[];
  readonly reservations: readonly ReservedUnits[];
}

/** The effect of each movement on each account; written down here a second time on purpose. */
export const effects: Readonly<Record<string, Partial<Record<keyof PoolBalances, 1 | -1>>>> = {
  MINT: { minted: 1, free: 1 },
  APPLY: { applied: 1, free: 1 },
  RESERVE: { free: -1, held: 1 },
  CONFIRM: { held: -1, sold: 1 },
  RELEASE: { held: -1, free: 1 },
  EXPIRE: { held: -1, free: 1 },
  CANCEL: { sold: -1, free: 1 },
  SHIP: { sold: -1, shipped: 1 },
  GRANT: { free: -1, granted: 1 },
  WRITE_OFF: { free: -1, writtenOff: 1 },
  WRITE_OFF_FROM_SAFETY: { safety: -1, writtenOff: 1 },
  WRITE_OFF_FROM_QUARANTINE: { quarantine: -1, writtenOff: 1 },
  WRITE_OFF_FROM_DEFICIT: { deficit: 1, writtenOff: 1 },
  MINT_TO_QUARANTINE: { minted: 1, quarantine: 1 },
  SET_ASIDE: { free: -1, quarantine: 1 },
  SET_ASIDE_FROM_DEFICIT: { deficit: 1, quarantine: 1 },
  CLEAR: { quarantine: -1, free: 1 },
  KEEP_SAFE: { free: -1, safety: 1 },
  FREE_SAFETY: { safety: -1, free: 1 },
  TRANSFER: { free: -1, transferred: 1 },
  SETTLE: { free: -1, deficit: -1 },
  APPLY_TO_SUSPENSE: { applied: 1, suspense: 1 },
  GRANT_FROM_SUSPENSE: { suspense: -1, granted: 1 },
  GRANT_FROM_DEFICIT: { deficit: 1, granted: 1 },
  READOPT: { free: -1, held: 1 },
  READOPT_FROM_SUSPENSE: { suspense: -1, held: 1 },
  READOPT_FROM_DEFICIT: { deficit: 1, held: 1 },
  RESOLVE: { suspense: -1, free: 1 },
};

const accounts = [
  'minted',
  'applied',
  'free',
  'held',
  'sold',
  'shipped',
  'granted',
  'writtenOff',
  'transferred',
  'deficit',
  'safety',
  'quarantine',
  'suspense',
] as const;

/** Every movement that changes what a channel has sent, and what it has taken in. */
const sentBy = ['GRANT', 'GRANT_FROM_SUSPENSE', 'GRANT_FROM_DEFICIT'];
const takenBy = ['APPLY', 'APPLY_TO_SUSPENSE'];

/** What is wrong with the stock of one cell: balances against themselves, journal, holds and channels. */
export function checkStock(books: StockBooks): Breach[] {
  return [
    ...books.pools.flatMap((pool) => checkPool(books.cell, pool)),
    ...checkJournal(books),
    ...checkReservedUnits(books),
    ...checkChannels(books),
  ];
}

function checkPool(cell: string, of: PoolBalances): Breach[] {
  const came = of.minted + of.applied + of.deficit - of.granted - of.writtenOff - of.transferred;
  const here = of.free + of.held + of.sold + of.shipped + of.safety + of.quarantine + of.suspense;
  const negative = accounts.filter((account) => of[account] < 0);
  return [
    ...(came === here ? [] : [breach('POOL_NOT_CONSERVED', { cell, pool: of.pool, came, here })]),
    ...negative.map((account) =>
      breach('BALANCE_NEGATIVE', { cell, pool: of.pool, account, units: of[account] }),
    ),
    ...(of.deficit > 0 && of.free > 0
      ? [breach('SELLS_WHILE_IT_OWES', { cell, pool: of.pool, free: of.free, owed: of.deficit })]
      : []),
    ...(of.minted > 0 && of.home !== cell
      ? [breach('MINTED_AWAY_FROM_HOME', { cell, pool: of.pool, home: of.home, units: of.minted })]
      : []),
  ];
}

function checkJournal({ cell, pools, journal }: StockBooks): Breach[] {
  const replayed = new Tally();
  const unknown: Breach[] = [];
  for (const { pool, movement, units } of journal) {
    const effect = effects[movement];
    if (effect === undefined) unknown.push(breach('MOVEMENT_UNKNOWN', { cell, pool, movement }));
    for (const [account, sign] of Object.entries(effect ?? {})) {
      replayed.add(`${pool} ${account}`, sign * units);
    }
  }
  const differences = pools.flatMap((of) =>
    accounts.flatMap((account) => {
      const expected = replayed.of(`${of.pool} ${account}`);
      if (expected === of[account]) return [];
      const row = { cell, pool: of.pool, account, balance: of[account], journal: expected };
      return [breach('JOURNAL_DIFFERS', row)];
    }),
  );
  return [...unknown, ...differences];
}

const accountOfState = { HELD: 'held', CONFIRMED: 'sold', SHIPPED: 'shipped' } as const;

function checkReservedUnits({ cell, pools, reservations }: StockBooks): Breach[] {
  const reserved = new Tally();
  for (const { pool, state, units } of reservations) reserved.add(`${pool} ${state}`, units);
  return pools.flatMap((of) =>
    Object.entries(accountOfState).flatMap(([state, account]) => {
      const units = reserved.of(`${of.pool} ${state}`);
      if (units === of[account]) return [];
      const row = { cell, pool: of.pool, account, balance: of[account], reservations: units };
      return [breach('RESERVATIONS_DIFFER', row)];
    }),
  );
}

function checkChannels({ cell, pools, channels, journal }: StockBooks): Breach[] {
  const byPool = new Tally();
  const moved = new Tally();
  for (const { pool, granted, applied } of channels) {
    byPool.add(`${pool} granted`, granted);
    byPool.add(`${pool} applied`, applied);
  }
  for (const { pool, movement, peer, units } of journal) {
    if (peer !== undefined) moved.add(`${pool} ${movement} ${peer}`, units);
  }
  const sums = pools.flatMap((of) =>
    (['granted', 'applied'] as const).flatMap((account) => {
      const units = byPool.of(`${of.pool} ${account}`);
      if (units === of[account]) return [];
      const row = { cell, pool: of.pool, account, balance: of[account], channels: units };
      return [breach('CHANNELS_DIFFER', row)];
    }),
  );
  const single = channels.flatMap(({ pool, peer, granted, applied, acked }) => {
    const sum = (movements: readonly string[]): number =>
      movements.reduce((all, movement) => all + moved.of(`${pool} ${movement} ${peer}`), 0);
    const sent = sum(sentBy);
    const taken = sum(takenBy);
    const row = { cell, pool, peer, granted, applied, acked };
    return [
      ...(acked > granted ? [breach('ACKED_MORE_THAN_GRANTED', row)] : []),
      ...(sent === granted && taken === applied
        ? []
        : [breach('CHANNEL_JOURNAL_DIFFERS', { ...row, sent, taken })]),
    ];
  });
  return [...sums, ...single];
}
