import type { CellId } from '@entrepot/kernel';
import { emptyBalances, type Balances, type Movement } from './accounts.ts';
import type { CellState } from './cell-state.ts';
import type { DocumentCommand, DocumentId, Place } from './commands.ts';
import type { PoolId, PoolPosition, QuotaChannel } from './pool.ts';
import type { Reservation, ReservationId } from './reservation.ts';

/** One pool's books in one cell. */
export interface PoolBooks {
  readonly home: CellId;
  readonly balances: Balances;
  readonly credits: number;
  /** How many documents the warehouse has written for the pool: its position. */
  readonly documents: number;
  /** Units that left the warehouse in parcels, for whichever cell. */
  readonly dispatched: number;
  readonly channels: ReadonlyMap<CellId, QuotaChannel>;
}

/** What a document said. `quantity` is the level of a keepSafe and what a count has counted. */
export interface StockDocument {
  readonly kind: DocumentCommand['kind'];
  readonly pool: PoolId;
  readonly quantity: number;
  readonly place: Place | undefined;
  readonly position: number | undefined;
}

/** One movement of units; the journal is the sum of these and nothing else changes a balance. */
export interface JournalEntry {
  readonly pool: PoolId;
  readonly movement: Movement;
  readonly quantity: number;
  /** A reservation, a document or a peer cell. */
  readonly reference: string;
}

/** All stock that one cell answers for. A value: every command makes a new one. */
export interface CellStock {
  readonly cell: CellId;
  readonly state: CellState;
  /** In which the cell speaks to the others; rises when it comes back from the dead. */
  readonly epoch: number;
  /** The newest epoch that each peer was heard in, of all pools at once; 1 of one never heard. */
  readonly peerEpochs: ReadonlyMap<CellId, number>;
  readonly pools: ReadonlyMap<PoolId, PoolBooks>;
  readonly reservations: ReadonlyMap<ReservationId, Reservation>;
  readonly documents: ReadonlyMap<DocumentId, StockDocument>;
  readonly journal: readonly JournalEntry[];
}

/** The epoch of a cell that was never restored. */
export const firstEpoch = 1;

export const emptyStock = (cell: CellId): CellStock => ({
  cell,
  state: 'ACTIVE',
  epoch: firstEpoch,
  peerEpochs: new Map(),
  pools: new Map(),
  reservations: new Map(),
  documents: new Map(),
  journal: [],
});

export const emptyBooks = (home: CellId): PoolBooks => ({
  home,
  balances: emptyBalances,
  credits: 0,
  documents: 0,
  dispatched: 0,
  channels: new Map(),
});

export const emptyChannel = (peer: CellId): QuotaChannel => ({
  peer,
  granted: 0,
  applied: 0,
  acked: 0,
  grants: 0,
});

export const freeOf = (stock: CellStock, pool: PoolId): number =>
  stock.pools.get(pool)?.balances.FREE ?? 0;

/** Units that should lie on the shelf for sale or sold, counted without QUARANTINE. */
export const shelfOf = ({ balances, dispatched }: PoolBooks): number =>
  balances.SUPPLY - balances.WRITTEN_OFF - balances.TRANSFERRED - balances.QUARANTINE - dispatched;

export const channelOf = (stock: CellStock, pool: PoolId, peer: CellId): QuotaChannel =>
  stock.pools.get(pool)?.channels.get(peer) ?? emptyChannel(peer);

export const peerEpochOf = (stock: CellStock, peer: CellId): number =>
  stock.peerEpochs.get(peer) ?? firstEpoch;

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
