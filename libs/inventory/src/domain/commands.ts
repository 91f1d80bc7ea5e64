import type { Branded, CellId, OrderId } from '@entrepot/kernel';
import type { PoolId } from './pool.ts';
import type { ReservationId, ReservationState, TransitionKind } from './reservation.ts';

/** Names one arrival of goods; a receipt told twice is minted once. */
export type ReceiptId = Branded<'ReceiptId'>;

interface OnPool {
  readonly pool: PoolId;
}

/** Goods arrived at the warehouse. Only its home cell may say so. */
export interface Mint extends OnPool {
  readonly kind: 'mint';
  readonly home: CellId;
  readonly receipt: ReceiptId;
  readonly quantity: number;
}

/**
 * Hold units for an order. Reserves of one `group` stand in pool order, and the first that comes short
 * stops those behind it: an order never sits on a later pool while it waits for an earlier one.
 */
export interface Reserve extends OnPool {
  readonly kind: 'reserve';
  readonly reservation: ReservationId;
  readonly order: OrderId;
  readonly group: string;
  readonly quantity: number;
  readonly holdSeconds: number;
}

/**
 * End or advance a hold. A release of a reservation nobody has seen leaves a RELEASED one behind, so
 * that a reserve still on its way (its caller never heard the outcome) finds the door closed.
 */
export interface Transition extends OnPool {
  readonly kind: TransitionKind;
  readonly reservation: ReservationId;
  readonly order: OrderId;
  readonly quantity: number;
}

/**
 * Give units to a peer up to a cumulative level; asking twice gives once. `ceiling` is what policy
 * allows this time; `acked` is what the peer says it has taken in. A level of 0 only asks how we stand.
 */
export interface Grant extends OnPool {
  readonly kind: 'grant';
  readonly peer: CellId;
  readonly level: number;
  readonly ceiling: number;
  readonly acked: number;
}

/** Take in what a peer has given, by its cumulative total; an old or repeated total changes nothing. */
export interface Apply extends OnPool {
  readonly kind: 'apply';
  readonly home: CellId;
  readonly peer: CellId;
  readonly total: number;
  readonly epoch: number;
}

/** Note how much of what we gave the peer has taken in. */
export interface Ack extends OnPool {
  readonly kind: 'ack';
  readonly peer: CellId;
  readonly total: number;
}

export type Command = Mint | Reserve | Transition | Grant | Apply | Ack;

export type Outcome =
  | ReservationState
  | 'MINTED'
  | 'GRANTED'
  | 'APPLIED'
  | 'ACKED'
  /** Fewer free units than asked. */
  | 'SHORT'
  /** An earlier reserve of the group came short. */
  | 'DEFERRED'
  /** The id was used before for another pool, order or quantity. */
  | 'CONFLICT'
  /** The hold has time left. */
  | 'NOT_DUE'
  | 'UNKNOWN_RESERVATION'
  /** Only the home cell of a warehouse mints. */
  | 'NOT_HOME'
  /** This cell may not sell or give away: it is draining, fenced or recovering. */
  | 'NOT_ACTIVE'
  /** The peer spoke in an epoch that is over. */
  | 'STALE_EPOCH'
  /** A peer took in more than this cell remembers giving: something durable was lost here. */
  | 'REGRESSED';

export interface Verdict {
  readonly outcome: Outcome;
  /** False for a refusal and for a command that had already been carried out. */
  readonly changed: boolean;
  /** FREE of the pool after the command. */
  readonly free: number;
  /** The channel's total for grant (given), apply (taken in) and ack; else 0. */
  readonly total: number;
}
