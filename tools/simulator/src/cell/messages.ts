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

/** A cell that recovers asks how a peer sees their channels. */
export interface ViewAsk {
  readonly from: CellId;
  /** In which it recovers. */
  readonly epoch: number;
}

export interface ViewTold {
  readonly from: CellId;
  /** In which it was asked. */
  readonly asked: number;
  /** In which the peer speaks. */
  readonly epoch: number;
  /** The newest epoch that the peer has heard of the asker; if it is not the one asked in, there are no channels. */
  readonly heard: number;
  readonly channels: readonly {
    readonly pool: PoolId;
    readonly granted: number;
    readonly applied: number;
  }[];
}
