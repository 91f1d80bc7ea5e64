import type { StockLanes } from './stock-lanes.ts';
import type { StockStore } from './stock-store.ts';

const expireBatchMax = 500;
const batchesPerSweepMax = 20;

/**
 * Gives back the units of holds whose time is over, by the clock of the store. In a cell that recovers it
 * stands still: the books may be behind, and what looks due may have been sold.
 */
export class ExpireHolds {
  constructor(
    private readonly store: StockStore,
    private readonly lanes: StockLanes,
  ) {}

  /** Returns how many holds ended; run it again and again. */
  async execute(): Promise<number> {
    if ((await this.store.findStanding()).state === 'RECOVERING') return 0;
    let expired = 0;
    for (let batch = 0; batch < batchesPerSweepMax; batch += 1) {
      const due = await this.store.findDue(expireBatchMax);
      if (due.length === 0) break;
      const { verdicts } = await this.lanes.submit(
        due.map(({ id: reservation, pool, order, quantity }) => ({
          kind: 'expire',
          reservation,
          pool,
          order,
          quantity,
        })),
      );
      expired += verdicts.filter(({ changed }) => changed).length;
      if (due.length < expireBatchMax) break;
    }
    return expired;
  }
}
