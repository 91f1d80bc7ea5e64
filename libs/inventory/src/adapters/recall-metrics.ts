import type { Metrics } from '@entrepot/platform-telemetry';
import type { RecallReport } from '../application/recall-deficit.ts';
import type { StockStore } from '../application/stock-store.ts';

/** How many promised units this cell lacks, and what its recalls bring. */
export class RecallMetrics {
  private readonly recalled;
  private readonly silences;

  constructor(metrics: Metrics, store: StockStore) {
    metrics.gauge({
      name: 'entrepot_inventory_deficit_units',
      help: 'Units that this cell has promised and lacks, of all pools',
      collect: async (gauge) => {
        gauge.set(await store.sumOwed());
      },
    });
    this.recalled = metrics.counter({
      name: 'entrepot_inventory_recalled_units_total',
      help: 'Units that other cells gave back for a deficit',
    });
    this.silences = metrics.counter({
      name: 'entrepot_inventory_recall_silences_total',
      help: 'Recalls of a deficit that a peer did not answer in time',
      labels: ['peer'],
    });
  }

  note({ recalled, silentPeers }: RecallReport): void {
    this.recalled.inc(recalled);
    for (const peer of silentPeers) this.silences.inc({ peer });
  }
}
