import type { Command } from '../domain/commands.ts';
import type { PoolId } from '../domain/pool.ts';

/** How long a count or a proof of emptiness may be repeated without looking again. */
export const boardAgeMaxMs = 500;

interface Posted {
  readonly free: number | undefined;
  readonly isEmpty: boolean;
  readonly until: number;
}

const postedMax = 50_000;

/**
 * What this process lately knew about pools, for readers. Nothing is decided from it: an order that
 * asks for the last unit always asks the books. Whatever this process does to a pool takes its posting
 * down; what other processes do shows within half a second.
 */
export class AvailabilityBoard {
  private readonly posted = new Map<PoolId, Posted>();

  noteFree(pool: PoolId, free: number): void {
    this.post(pool, { free, isEmpty: this.find(pool)?.isEmpty ?? false });
  }

  /** An order was refused with proof that no cell has a unit. */
  noteEmpty(pool: PoolId): void {
    this.post(pool, { free: this.find(pool)?.free, isEmpty: true });
  }

  find(pool: PoolId): Pick<Posted, 'free' | 'isEmpty'> | undefined {
    const found = this.posted.get(pool);
    return found === undefined || found.until < performance.now() ? undefined : found;
  }

  takeDown(commands: readonly Command[]): void {
    for (const { pool } of commands) this.posted.delete(pool);
  }

  private post(pool: PoolId, news: Pick<Posted, 'free' | 'isEmpty'>): void {
    if (this.posted.size >= postedMax) this.posted.clear();
    this.posted.set(pool, { ...news, until: performance.now() + boardAgeMaxMs });
  }
}
