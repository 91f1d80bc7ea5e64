import { Counter, register } from 'prom-client';
import type { Registry } from 'prom-client';

/** Counters of what was sent, received and refused; a refusal should wake someone. */
export class MessagingMetrics {
  readonly eventsPublished: Counter<'scope'>;
  readonly relayFailures: Counter<'scope'>;
  readonly eventsReceived: Counter<'consumer' | 'verdict'>;
  readonly deadLetters: Counter<'consumer' | 'code'>;

  constructor(registry: Registry = register) {
    const registers = [registry];
    this.eventsPublished = new Counter({
      name: 'entrepot_outbox_events_published_total',
      help: 'Outbox events handed to the log, repeats included',
      labelNames: ['scope'],
      registers,
    });
    this.relayFailures = new Counter({
      name: 'entrepot_outbox_relay_failures_total',
      help: 'Rounds of the relay that ended because the store or the log was away',
      labelNames: ['scope'],
      registers,
    });
    this.eventsReceived = new Counter({
      name: 'entrepot_inbox_events_total',
      help: 'Events read, by what the inbox decided',
      labelNames: ['consumer', 'verdict'],
      registers,
    });
    this.deadLetters = new Counter({
      name: 'entrepot_dead_letters_total',
      help: 'Records that were parked, by reason',
      labelNames: ['consumer', 'code'],
      registers,
    });
  }
}
