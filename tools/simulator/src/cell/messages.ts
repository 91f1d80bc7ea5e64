import type { CellId } from '@entrepot/kernel';
import type { PoolId } from '@entrepot/inventory';
import type { PoolPosition } from '@entrepot/inventory/testing';

/** A wish for units up to a cumulative level; `level` 0 only asks how the pool stands. */
export interface BorrowMessage {
  readonly call: number;
  readonly from: CellId;
  readonly pool: PoolId;
  readonly level: number;
  readonly need: number;
  readonly acked: number;
}

/** What a cell says that it has given, ever. */
export interface ToldTotal {
  readonly from: CellId;
  readonly pool: PoolId;
  readonly total: number;
  /** What this grant added. Nothing that is right reads it. */
  readonly added: number;
  readonly epoch: number;
}

/** The answer to a borrow. */
export interface GrantMessage extends ToldTotal {
  readonly call: number;
  readonly position: PoolPosition;
}

/** What a cell says that it has taken in, ever. */
export interface AckMessage {
  readonly from: CellId;
  readonly pool: PoolId;
  readonly total: number;
}
