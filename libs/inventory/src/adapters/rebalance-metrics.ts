import type { Metrics } from '@entrepot/platform-telemetry';
import type { AskAheadReport } from '../application/ask-ahead.ts';

/** What moving stock ahead of demand costs and brings. */
export class RebalanceMetrics {
  private readonly asks;
  private readonly moved;
  private readonly postponed;
  private readonly silences;

  constructor(metrics: Metrics) {
    this.asks = metrics.counter({
      name: 'entrepot_inventory_asks_ahead_total',
      help: 'Asks of other cells about a pool for which no order waited',
    });
    this.moved = metrics.counter({
      name: 'entrepot_inventory_moved_ahead_units_total',
      help: 'Units that came from other cells before an order waited for them',
    });
    this.postponed = metrics.counter({
      name: 'entrepot_inventory_asks_ahead_postponed_total',
      help: 'Pools that waited for the next look, as the cell had asked for too many in a second',
    });
    this.silences = metrics.counter({
      name: 'entrepot_inventory_ask_ahead_silences_total',
      help: 'Calls ahead of demand that a peer did not answer in time',
      labels: ['peer'],
    });
  }

  note({ asks, units, postponed, silentPeers }: AskAheadReport): void {
    this.asks.inc(asks);
    this.moved.inc(units);
    this.postponed.inc(postponed);
    for (const peer of silentPeers) this.silences.inc({ peer });
  }
}
