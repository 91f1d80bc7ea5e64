import type { Metrics } from '@entrepot/platform-telemetry';

/** Counters of what was sent, received and refused; a dead letter should wake someone. */
export class MessagingMetrics {
  readonly eventsPublished;
  readonly relayFailures;
  readonly upkeepFailures;
  readonly eventsReceived;
  readonly deadLetters;

  constructor(private readonly metrics: Metrics) {
    this.eventsPublished = metrics.counter({
      name: 'entrepot_outbox_events_published_total',
      help: 'Outbox events handed to the log, repeats included',
      labels: ['component'],
    });
    this.relayFailures = metrics.counter({
      name: 'entrepot_outbox_relay_failures_total',
      help: 'Rounds of a relay that ended because the store or the log was away',
      labels: ['component'],
    });
    this.upkeepFailures = metrics.counter({
      name: 'entrepot_messaging_upkeep_failures_total',
      help: 'Rounds of heartbeat or retention that failed; the next round does the work',
      labels: ['component'],
    });
    this.eventsReceived = metrics.counter({
      name: 'entrepot_inbox_events_total',
      help: 'Events read, by what the inbox decided',
      labels: ['consumer', 'outcome'],
    });
    this.deadLetters = metrics.counter({
      name: 'entrepot_dead_letters_total',
      help: 'Records that were parked, by reason',
      labels: ['consumer', 'code'],
    });
  }
  /** Shows how many events wait in quarantine at the border; the last known number while `count` fails. */
  watchQuarantine(count: () => Promise<number>): void {
    this.metrics.gauge({
      name: 'entrepot_border_quarantined_events',
      help: 'Events that the border kept back and nobody has decided about',
      collect: async (gauge) => {
        const parked = await count().catch(() => undefined);
        if (parked !== undefined) gauge.set(parked);
      },
    });
  }
}
