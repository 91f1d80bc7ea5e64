import type { CellId } from '@entrepot/kernel';
import { channelKeyOf, type PoolId } from '../domain/pool.ts';

/**
 * Lets one borrow per pool and direction be on its way for those who wait, in the order in which they came,
 * and one that nobody waits for where there is no other. The latter holds up nobody: as asks are for levels,
 * two that overlap are given once.
 */
export class BorrowTurns {
  private readonly needed = new Map<string, Promise<void>>();
  private readonly onTheWay = new Set<string>();

  /** Begins once no earlier borrow from the peer is on its way for one of the pools. */
  async inTurn<T>(peer: CellId, pools: readonly PoolId[], work: () => Promise<T>): Promise<T> {
    const keys = pools.map((pool) => channelKeyOf(peer, pool));
    const earlier = new Set(keys.flatMap((key) => this.needed.get(key) ?? []));
    const turn = Promise.all(earlier).then(work);
    const end = turn.then(
      () => undefined,
      () => undefined,
    );
    for (const key of keys) this.needed.set(key, end);
    try {
      return await turn;
    } finally {
      for (const key of keys) if (this.needed.get(key) === end) this.needed.delete(key);
    }
  }

  /** Whether nothing at all is on its way. */
  isFree(peer: CellId, pool: PoolId): boolean {
    const key = channelKeyOf(peer, pool);
    return !this.needed.has(key) && !this.onTheWay.has(key);
  }

  /** Only for pools of which nothing is on its way. */
  async unwaited<T>(peer: CellId, pools: readonly PoolId[], work: () => Promise<T>): Promise<T> {
    const keys = pools.map((pool) => channelKeyOf(peer, pool));
    for (const key of keys) this.onTheWay.add(key);
    try {
      return await work();
    } finally {
      for (const key of keys) this.onTheWay.delete(key);
    }
  }
}
