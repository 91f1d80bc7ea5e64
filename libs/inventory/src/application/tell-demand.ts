import { figureMax } from '../domain/told-figures.ts';
import type { DemandCounts, PoolDemand } from './demand-counts.ts';
import { poolsPerCallMax } from './peer-inventory.ts';

/** How often a process tells, if it was asked for anything: a flash sale may be over within a second. */
export const tellDemandEveryMs = 100;
/** After the border process did not answer. */
const pauseMs = 5_000;

/** Where the border process of this cell hears what its other processes were asked for. */
export abstract class DemandListener {
  abstract hear(demands: readonly PoolDemand[]): Promise<void>;
}

/** Tells the border process what this process was asked for. What does not arrive is not told again. */
export class TellDemand {
  private silentUntil = 0;

  constructor(
    private readonly counts: DemandCounts,
    private readonly listener: DemandListener,
  ) {}

  /** @throws what the listener throws; for the next seconds nothing is told then. */
  async execute(): Promise<void> {
    if (performance.now() < this.silentUntil) return;
    const demands = this.counts.take(poolsPerCallMax).map(bounded);
    if (demands.length === 0) return;
    try {
      await this.listener.hear(demands);
    } catch (error) {
      this.silentUntil = performance.now() + pauseMs;
      throw error;
    }
  }
}

const bounded = ({ pool, units, orders }: PoolDemand): PoolDemand => ({
  pool,
  units: Math.min(units, figureMax),
  orders: Math.min(orders, figureMax),
});
