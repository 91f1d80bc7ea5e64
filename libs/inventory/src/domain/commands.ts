import type { Branded, CellId, OrderId } from '@entrepot/kernel';
import type { PoolId } from './pool.ts';
import type { ReservationId, ReservationState, TransitionKind } from './reservation.ts';

/** Names one act of the warehouse: told twice, it is carried out once. */
export type DocumentId = Branded<'DocumentId'>;

interface OnPool {
  readonly pool: PoolId;
}

/**
 * Something the warehouse did. The same document with the same content gets the same outcome and changes
 * nothing; with another content it is a CONFLICT. Each raises the pool's position by one.
 */
interface Document extends OnPool {
  readonly document: DocumentId;
  /** The cell of the warehouse. But for `resolve` only it may say so. */
  readonly home: CellId;
}

/** Where units lie that the warehouse speaks of. */
export type Place = 'FREE' | 'QUARANTINE';

/** Goods arrived at the warehouse, or came back. What is free of them pays the DEFICIT first. */
export interface Mint extends Document {
  readonly kind: 'mint';
  readonly quantity: number;
  readonly into: Place;
}

/**
 * Units are lost or broken. From FREE it takes FREE, then SAFETY, and makes the rest a DEFICIT; it is
 * SHORT only if so many are not on the shelf. From QUARANTINE it is SHORT if too few are there.
 */
export interface WriteOff extends Document {
  readonly kind: 'writeOff';
  readonly quantity: number;
  readonly from: Place;
}

/** FREE, and what it lacks as DEFICIT, to QUARANTINE: to be inspected. SHORT if the shelf has too few. */
export interface SetAside extends Document {
  readonly kind: 'setAside';
  readonly quantity: number;
}

/** QUARANTINE to FREE: inspected and good. SHORT if too few are there. */
export interface Clear extends Document {
  readonly kind: 'clear';
  readonly quantity: number;
}

/** Bring SAFETY to a level, up as far as FREE goes. */
export interface KeepSafe extends Document {
  readonly kind: 'keepSafe';
  readonly level: number;
}

/** Units leave for another warehouse; their arrival is a mint there. SHORT if FREE has too few. */
export interface Transfer extends Document {
  readonly kind: 'transfer';
  readonly quantity: number;
}

/**
 * The shelf was counted, QUARANTINE left out, when the pool had the given position. If it has moved
 * since, the count is STALE_POSITION; else what differs is minted or written off from FREE.
 */
export interface Count extends Document {
  readonly kind: 'count';
  readonly counted: number;
  readonly position: number;
}

/** A parcel left the warehouse, whichever cell had sold it. Moves no rights. */
export interface Dispatch extends Document {
  readonly kind: 'dispatch';
  readonly quantity: number;
}

/** SUSPENSE to FREE: a recount has found that nobody bought them. In any cell; SHORT if too few. */
export interface Resolve extends Document {
  readonly kind: 'resolve';
  readonly quantity: number;
}

export type DocumentCommand =
  Mint | WriteOff | SetAside | Clear | KeepSafe | Transfer | Count | Dispatch | Resolve;

export const documentKinds = [
  'mint',
  'writeOff',
  'setAside',
  'clear',
  'keepSafe',
  'transfer',
  'count',
  'dispatch',
  'resolve',
] as const satisfies readonly DocumentCommand['kind'][];

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

/**
 * After a restore: how a peer sees the channel between us. Our totals rise to the peer's and never fall.
 * What we had given without remembering is paid from FREE, then SUSPENSE, and else owed; what the peer
 * gave without our remembering goes to SUSPENSE, never to FREE: it may have been sold.
 */
export interface Repair extends OnPool {
  readonly kind: 'repair';
  readonly home: CellId;
  readonly peer: CellId;
  /** What the peer says it gave us, ever. */
  readonly granted: number;
  /** What the peer says it took in from us, ever. */
  readonly applied: number;
}

/**
 * After a restore: a reservation as a witness heard of it last, where the books do not know it or know an
 * earlier state. What it still has is taken from SUSPENSE, then FREE, and else owed. One that the books never
 * knew and that gave its units back since has none: it is remembered, and nothing moves.
 */
export interface Readopt extends OnPool {
  readonly kind: 'readopt';
  readonly home: CellId;
  readonly reservation: ReservationId;
  readonly order: OrderId;
  readonly quantity: number;
  readonly state: ReservationState;
}

export type Command =
  DocumentCommand | Reserve | Transition | Grant | Apply | Ack | Repair | Readopt;

export type Outcome =
  | ReservationState
  | 'MINTED'
  | 'WRITTEN_OFF'
  | 'SET_ASIDE'
  | 'CLEARED'
  | 'KEPT_SAFE'
  | 'TRANSFERRED'
  | 'COUNTED'
  | 'DISPATCHED'
  | 'RESOLVED'
  | 'REPAIRED'
  | 'GRANTED'
  | 'APPLIED'
  | 'ACKED'
  /** Fewer units than asked where the command takes them from. */
  | 'SHORT'
  /** An earlier reserve of the group came short. */
  | 'DEFERRED'
  /** The id was used before for another pool, order, quantity or act. */
  | 'CONFLICT'
  /** The hold has time left. */
  | 'NOT_DUE'
  | 'UNKNOWN_RESERVATION'
  /** Only the home cell of a warehouse speaks for its shelf. */
  | 'NOT_HOME'
  /** No unit of the pool ever came into this warehouse. */
  | 'UNKNOWN_POOL'
  /** The warehouse has moved units since the shelf was counted: count anew. */
  | 'STALE_POSITION'
  /** This cell may not do so now: it is draining, fenced or recovering. */
  | 'NOT_ACTIVE'
  /** Only a cell that is recovering mends its books. */
  | 'NOT_RECOVERING'
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
  /**
   * The channel's total for grant and repair (given), apply (taken in) and ack; the pool's position for
   * a document; else 0.
   */
  readonly total: number;
}
