import type { CellId, OrderId } from '@entrepot/kernel';
import type { CellState } from '../domain/cell-state.ts';
import type { PoolId, PoolPosition } from '../domain/pool.ts';
import type { Reservation, ReservationId } from '../domain/reservation.ts';

export interface FreeUnits {
  readonly pool: PoolId;
  readonly free: number;
}

/** Where a channel stands among those that changed longest ago. */
export interface ChannelPlace {
  readonly changedAt: Date;
  readonly pool: PoolId;
  readonly peer: CellId;
}

export interface OpenChannel extends ChannelPlace {
  readonly granted: number;
  /** Since the channel last changed. */
  readonly ageSeconds: number;
}

/** A pool of which this cell lacks units that were promised. */
export interface OwingPool {
  readonly pool: PoolId;
  readonly owed: number;
  /** What this cell has taken in from each peer, ever. */
  readonly applied: ReadonlyMap<CellId, number>;
}

/** A pool that this cell has books for, as a plan needs it. */
export interface PoolStanding {
  readonly pool: PoolId;
  readonly free: number;
  /** What this cell has taken in from each peer, ever. */
  readonly applied: ReadonlyMap<CellId, number>;
}

/** What the cell may do, and the epoch in which it speaks to the others. */
export interface CellStanding {
  readonly state: CellState;
  readonly epoch: number;
}

/** A final "not enough", with the time within which it must have been true. */
export interface Refusal {
  readonly pool: PoolId;
  readonly quantity: number;
  readonly available: number;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** What is read from the stock tables, and the one thing written to them beside the ledger. */
export abstract class StockStore {
  /** Pools this cell has books for. */
  abstract findFree(pools: readonly PoolId[]): Promise<FreeUnits[]>;
  /** How such pools stand, each with all its channels. */
  abstract findPositions(pools: readonly PoolId[]): Promise<Omit<PoolPosition, 'cell'>[]>;
  abstract findReservations(ids: readonly ReservationId[]): Promise<Reservation[]>;
  /** Holds whose time is over by the clock of the store, oldest first. */
  abstract findDue(limit: number): Promise<(Reservation & { readonly order: OrderId })[]>;
  /** Channels whose peer has not said that it took in all it was given, longest unchanged first, behind `after`. */
  abstract findUnacknowledged(
    after: ChannelPlace | undefined,
    limit: number,
  ): Promise<OpenChannel[]>;
  /** Of the pools that this cell has books for. */
  abstract findStandings(pools: readonly PoolId[]): Promise<PoolStanding[]>;
  /** By pool id, behind `after`. */
  abstract findOwing(after: PoolId | undefined, limit: number): Promise<OwingPool[]>;
  /** Units that this cell lacks, of all pools. */
  abstract sumOwed(): Promise<number>;
  abstract findEpoch(): Promise<number>;
  abstract findStanding(): Promise<CellStanding>;
  abstract appendRefusals(refusals: readonly Refusal[]): Promise<void>;
}
