import type { CellId } from '@entrepot/kernel';
import { emptyBalances, type Balances, type Movement } from './accounts.ts';
import type { ReceiptId } from './commands.ts';
import type { PoolId, PoolPosition, QuotaChannel } from './pool.ts';
import type { Reservation, ReservationId } from './reservation.ts';

/** One pool's books in one cell. */
export interface PoolBooks {
  readonly home: CellId;
  readonly balances: Balances;
  readonly credits: number;
  readonly channels: ReadonlyMap<CellId, QuotaChannel>;
}

export interface Receipt {
  readonly pool: PoolId;
  readonly quantity: number;
}

/** One movement of units; the journal is the sum of these and nothing else changes a balance. */
export interface JournalEntry {
  readonly pool: PoolId;
  readonly movement: Movement;
  readonly quantity: number;
  /** A reservation, a receipt or a peer cell. */
  readonly reference: string;
}

/** All stock that one cell answers for. A value: every command makes a new one. */
export interface CellStock {
  readonly cell: CellId;
  /** Only an ACTIVE cell sells, gives and takes in. */
  readonly isActive: boolean;
  readonly pools: ReadonlyMap<PoolId, PoolBooks>;
  readonly reservations: ReadonlyMap<ReservationId, Reservation>;
  readonly receipts: ReadonlyMap<ReceiptId, Receipt>;
  readonly journal: readonly JournalEntry[];
}

export const emptyStock = (cell: CellId): CellStock => ({
  cell,
  isActive: true,
  pools: new Map(),
  reservations: new Map(),
  receipts: new Map(),
  journal: [],
});

export const emptyBooks = (home: CellId): PoolBooks => ({
  home,
  balances: emptyBalances,
  credits: 0,
  channels: new Map(),
});

export const emptyChannel = (peer: CellId): QuotaChannel => ({
  peer,
  granted: 0,
  applied: 0,
  acked: 0,
  grants: 0,
  peerEpoch: 1,
});

export const freeOf = (stock: CellStock, pool: PoolId): number =>
  stock.pools.get(pool)?.balances.FREE ?? 0;

export const channelOf = (stock: CellStock, pool: PoolId, peer: CellId): QuotaChannel =>
  stock.pools.get(pool)?.channels.get(peer) ?? emptyChannel(peer);

/** What the cell may tell about a pool; a pool nobody has heard of is empty. */
export function positionOf(stock: CellStock, pool: PoolId): PoolPosition {
  const books = stock.pools.get(pool);
  const channels = [...(books?.channels.values() ?? [])]
    .map(({ peer, granted, applied }) => ({ peer, granted, applied }))
    .toSorted((left, right) => (left.peer < right.peer ? -1 : 1));
  return {
    cell: stock.cell,
    pool,
    free: books?.balances.FREE ?? 0,
    credits: books?.credits ?? 0,
    channels,
  };
}
