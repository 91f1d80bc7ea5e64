import type { Asked } from '../domain/demand-rate.ts';
import type { PoolId } from '../domain/pool.ts';

/** Units and orders of one pool; nothing of who asked is in reach of it. */
export interface PoolDemand extends Asked {
  readonly pool: PoolId;
}

/** Pools that are counted between two tellings; of more, some are forgotten: it is advice. */
const poolsMax = 10_000;

/** What orders of one process wanted since it was last told, also what was refused. */
export class DemandCounts {
  private readonly counts = new Map<PoolId, Asked>();

  note(pool: PoolId, units: number): void {
    const before = this.counts.get(pool);
    if (before === undefined && this.counts.size >= poolsMax) return;
    const counted = { units: (before?.units ?? 0) + units, orders: (before?.orders ?? 0) + 1 };
    this.counts.set(pool, counted);
  }

  /** Takes out the counts of so many pools, those counted first. */
  take(poolsAtMost: number): readonly PoolDemand[] {
    const taken: PoolDemand[] = [];
    for (const [pool, asked] of this.counts) {
      if (taken.length >= poolsAtMost) break;
      this.counts.delete(pool);
      taken.push({ pool, ...asked });
    }
    return taken;
  }
}
