import type { Metrics } from '@entrepot/platform-telemetry';
import type { ReserveLinesResult } from '../application/reserve-lines.ts';

/** Upper bounds, in seconds: from a peer next door to the longest an order waits. */
const waitBucketsSeconds = [0.01, 0.025, 0.05, 0.1, 0.15, 0.21, 0.3, 0.5, 1, 2, 5, 10];

/** What became of orders that asked this process for stock. */
export class ReserveMetrics {
  private readonly results;
  private readonly dropped;
  private readonly waits;

  constructor(metrics: Metrics) {
    this.results = metrics.counter({
      name: 'entrepot_inventory_reservations_total',
      help: 'Orders that asked for stock, by result: held, part, refused, unsettled or round_spent',
      labels: ['outcome'],
    });
    this.dropped = metrics.counter({
      name: 'entrepot_inventory_refused_lines_total',
      help: 'Lines of orders that were not held, by reason',
      labels: ['code'],
    });
    this.waits = metrics.histogram({
      name: 'entrepot_inventory_borrow_wait_seconds',
      help: 'How long an order waited for other cells, each time it had to',
      buckets: waitBucketsSeconds,
    });
  }

  waited(seconds: number): void {
    this.waits.observe(seconds);
  }

  settled(result: ReserveLinesResult): void {
    const lines = linesLeftOut(result);
    this.results.inc({ outcome: outcomeOf(result, lines.length) });
    for (const { availability } of lines) this.dropped.inc({ code: availability.answer });
  }
}

const linesLeftOut = (result: ReserveLinesResult) => {
  if (result.kind === 'round-spent') return [];
  return result.kind === 'unsettled' ? result.lines : result.dropped;
};

function outcomeOf(result: ReserveLinesResult, linesLeftOut: number): string {
  if (result.kind === 'round-spent') return 'round_spent';
  return result.kind === 'held' && linesLeftOut > 0 ? 'part' : result.kind;
}
