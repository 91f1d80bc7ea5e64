import type { CellId } from '@entrepot/kernel';
import type { Metrics } from '@entrepot/platform-telemetry';
import {
  canaryOutcomes,
  canaryTypes,
  type CanaryPurchase,
} from '../../application/canary/buy-canary.ts';

/** What the canary of this cell met. */
export class CanaryMetrics {
  private readonly purchases;
  private readonly seconds;

  /** `homes` are the cells of whose articles one is bought; each series begins at zero, so that its first purchase is a rise. */
  constructor(metrics: Metrics, homes: readonly CellId[]) {
    this.purchases = metrics.counter({
      name: 'entrepot_canary_purchases_total',
      help: 'Canary articles bought and cancelled, by the cell that has the warehouse, by way and outcome',
      labels: ['peer', 'type', 'outcome'],
    });
    this.seconds = metrics.histogram({
      name: 'entrepot_canary_purchase_seconds',
      help: 'From the ask for a canary article to its confirmed sale or its refusal',
      labels: ['type'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10],
    });
    for (const peer of homes) {
      for (const type of canaryTypes) {
        for (const outcome of canaryOutcomes) this.purchases.inc({ peer, type, outcome }, 0);
      }
    }
  }

  note(purchases: readonly CanaryPurchase[]): void {
    for (const { home: peer, type, outcome, seconds } of purchases) {
      this.purchases.inc({ peer, type, outcome });
      this.seconds.observe({ type }, seconds);
    }
  }
}
