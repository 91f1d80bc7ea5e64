import type { CellId } from '@entrepot/kernel';
import type { PoolId } from '../domain/pool.ts';
import type { PoolHint } from '../domain/stock-hint.ts';

/** How a pool stood in another cell, as that cell told this one. */
export interface HeardPosition {
  readonly pool: PoolId;
  readonly peer: CellId;
  readonly free: number;
  /** Units it has given to this cell, ever. */
  readonly granted: number;
}

/** What a cell knows of pools without asking, for those who only look. Nothing is decided from it. */
export abstract class StockHints {
  /** One for each pool, in their order, also for pools of which nothing is known; in one statement. */
  abstract find(pools: readonly PoolId[]): Promise<PoolHint[]>;
  /** Keeps what other cells said. What is older than what is kept, by the units given, changes nothing. */
  abstract note(heard: readonly HeardPosition[]): Promise<void>;
}
