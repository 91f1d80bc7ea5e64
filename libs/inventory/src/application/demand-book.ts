import { paceAt, withOrders, type DemandPace, type DemandRate } from '../domain/demand-rate.ts';
import type { PoolId } from '../domain/pool.ts';
import type { PoolDemand } from './demand-counts.ts';
import { RecentMap } from './recent-map.ts';

/** Pools of which a border process remembers how fast they are asked for. */
const poolsMax = 20_000;

/** How fast pools are asked for in this cell, and which were asked for since they were last looked at. */
export class DemandBook {
  private readonly rates = new RecentMap<PoolId, DemandRate>(poolsMax);
  private readonly moved = new Set<PoolId>();

  /** @param at in seconds of a clock that does not go back. */
  hear(demands: readonly PoolDemand[], at: number): void {
    for (const { pool, units, orders } of demands) {
      this.rates.set(pool, withOrders(this.rates.get(pool), { at, units, orders }));
      if (this.moved.size < poolsMax) this.moved.add(pool);
    }
  }

  paceOf(pool: PoolId, at: number): DemandPace {
    return paceAt(this.rates.get(pool), at);
  }

  /** Another time for pools that were taken and could not be looked at. */
  putBack(pools: readonly PoolId[]): void {
    for (const pool of pools) if (this.moved.size < poolsMax) this.moved.add(pool);
  }

  /** Pools that were asked for since they were last taken, those that wait longest first. */
  takeMoved(poolsAtMost: number): readonly PoolId[] {
    const taken: PoolId[] = [];
    for (const pool of this.moved) {
      if (taken.length >= poolsAtMost) break;
      this.moved.delete(pool);
      taken.push(pool);
    }
    return taken;
  }
}
