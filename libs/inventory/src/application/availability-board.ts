import type { Sku } from '@entrepot/kernel';
import type { Command } from '../domain/commands.ts';
import { partsOf, type PoolId } from '../domain/pool.ts';
import type { PoolHint } from '../domain/stock-hint.ts';

/** How long a look or a proof may be repeated without looking again. */
export const boardAgeMaxMs = 500;

interface Posted<Of> {
  readonly of: Of;
  /** By `performance.now()`. */
  readonly until: number;
}

const postedMax = 50_000;

/**
 * What this process lately knew about pools, for readers. Nothing is decided from it: an order that
 * asks for the last unit always asks the books. Whatever this process does to a pool takes its posting
 * down; what other processes do shows within half a second.
 */
export class AvailabilityBoard {
  private readonly hints = new Map<PoolId, Posted<PoolHint>>();
  private readonly empty = new Map<PoolId, Posted<true>>();
  private readonly shortages = new Map<Sku, Posted<number>>();

  noteHint(hint: PoolHint): void {
    post(this.hints, hint.pool, hint);
  }

  findHint(pool: PoolId): PoolHint | undefined {
    return find(this.hints, pool);
  }

  /** An order was refused with proof that no cell has a unit of the pool. */
  noteEmpty(pool: PoolId): void {
    post(this.empty, pool, true);
  }

  isEmpty(pool: PoolId): boolean {
    return find(this.empty, pool) ?? false;
  }

  /** An order was refused with proof that all cells together have only so many of the goods. */
  noteShortage(sku: Sku, units: number): void {
    post(this.shortages, sku, units);
  }

  findShortage(sku: Sku): number | undefined {
    return find(this.shortages, sku);
  }

  takeDown(commands: readonly Command[]): void {
    for (const { pool } of commands) {
      this.hints.delete(pool);
      this.empty.delete(pool);
      this.shortages.delete(partsOf(pool).sku);
    }
  }
}

function post<Key, Of>(board: Map<Key, Posted<Of>>, key: Key, of: Of): void {
  if (board.size >= postedMax) board.clear();
  board.set(key, { of, until: performance.now() + boardAgeMaxMs });
}

function find<Key, Of>(board: ReadonlyMap<Key, Posted<Of>>, key: Key): Of | undefined {
  const posted = board.get(key);
  return posted === undefined || posted.until < performance.now() ? undefined : posted.of;
}
