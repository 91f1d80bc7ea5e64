import type { CellId } from '@entrepot/kernel';
import type { Ask } from '../domain/grant-policy.ts';
import type { PoolId, PoolPosition } from '../domain/pool.ts';

/** Pools in one call between cells; whoever has more to ask calls again. */
export const poolsPerCallMax = 1_000;

export interface BorrowAsk extends Ask {
  /** What the asker has taken in from this donor. */
  readonly acked: number;
  /** An order of the asker is stopped at this pool. */
  readonly isWaiting: boolean;
  /** Units that were promised are not there: the warehouse's home asks for all that is free of them. */
  readonly reason?: 'WRITE_OFF' | undefined;
  /** Advice, as `told-figures.ts` makes it: how fast the pool is asked for where the asker is. */
  readonly rate?: number | undefined;
  /** Advice: what the asker had free. */
  readonly free?: number | undefined;
}

/** An ask as every version of a process reads it. */
export function withoutFigures(ask: BorrowAsk): BorrowAsk {
  const { pool, level, need, acked, isWaiting, reason } = ask;
  const bare = { pool, level, need, acked, isWaiting };
  return reason === undefined ? bare : { ...bare, reason };
}

export interface BorrowReply {
  readonly epoch: number;
  readonly grants: readonly {
    readonly pool: PoolId;
    readonly grantedTotal: number;
    readonly position: PoolPosition;
    /** Advice: how fast the pool is asked for where the donor is. */
    readonly rate?: number | undefined;
  }[];
}

/** What a donor has given, ever. */
export interface GrantedTotals {
  readonly epoch: number;
  readonly totals: readonly { readonly pool: PoolId; readonly grantedTotal: number }[];
}

/** What the receiver has taken in, ever. */
export interface AppliedTotals {
  readonly totals: readonly { readonly pool: PoolId; readonly appliedTotal: number }[];
}

/** Another cell could not be asked, or did not answer in time; it may have acted. */
export class PeerSilentError extends Error {
  override readonly name = 'PeerSilentError';
}

/** The stock of other cells, as this one may ask about it. Every call ends within its deadline. */
export abstract class PeerInventory {
  /** @throws PeerSilentError */
  abstract borrow(peer: CellId, asks: readonly BorrowAsk[]): Promise<BorrowReply>;
  /** @throws PeerSilentError */
  abstract exchangeTotals(peer: CellId, totals: GrantedTotals): Promise<AppliedTotals>;
}
