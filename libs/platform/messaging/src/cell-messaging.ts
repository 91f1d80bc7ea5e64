import type { EventDefinition } from '@entrepot/contracts/events/define-event';
import { CellHeartbeatHeard, CellHeartbeatSent } from '@entrepot/contracts/events/cell';
import type { CellId, Clock } from '@entrepot/kernel';
import type { Database } from '@entrepot/platform-database';

import { CellHeartbeat } from './cell-heartbeat.ts';
import { EnvelopeVerifier } from './envelope.ts';
import type { EnvelopeSigner, PinnedKeys } from './envelope.ts';
import { assertConsumers } from './event-consumer.ts';
import type { EventConsumer } from './event-consumer.ts';
import type { EventLog } from './event-log.ts';
import type { MessagingMetrics } from './messaging-metrics.ts';
import { Outbox } from './outbox.ts';
import { OutboxRelay } from './outbox-relay.ts';
import type { RecordWriter } from './outbox-relay.ts';
import { RecordReader } from './record-reader.ts';
import { globalRecordWriter, localRecordWriter } from './record-writers.ts';
import { deleteOldMessages, readParked, RelayStore } from './relay-store.ts';
import type { OutboxScope } from './relay-store.ts';
import { RunningConsumer } from './running-consumer.ts';

const heartbeatEveryMs = 5_000;
const cleaningEveryMs = 60_000;
/** As long as Kafka keeps local topics: until then a dead letter can be taken in again. */
const outboxHours = 7 * 24;
/** A day longer than any record can be delivered again. */
const inboxHours = 8 * 24;

export interface CellMessagingParts {
  readonly cell: CellId;
  /** Every cell with its pinned keys; the directory fits. */
  readonly directory: PinnedKeys;
  readonly database: Database;
  readonly log: EventLog;
  readonly metrics: MessagingMetrics;
  readonly consumers: readonly EventConsumer[];
}

/** The messaging of one process: its relay, its consumers and its regular work. */
export class CellMessaging {
  private readonly timers: NodeJS.Timeout[] = [];

  private constructor(
    private readonly parts: CellMessagingParts,
    readonly relay: OutboxRelay,
    readonly consumers: readonly RunningConsumer[],
  ) {}

  /** For the worker process: publishes local events and runs the domains' consumers. */
  static async startWorker(parts: CellMessagingParts): Promise<CellMessaging> {
    const write = localRecordWriter(parts.cell);
    const messaging = await CellMessaging.start(parts, { principal: 'worker', write });
    messaging.every('retention', cleaningEveryMs, () =>
      deleteOldMessages(parts.database, { outbox: outboxHours, inbox: inboxHours }),
    );
    return messaging;
  }

  /**
   * For the border process: signs and publishes the declared global events, tells the peers that this
   * cell is there and hears them.
   */
  static async startBorder(
    parts: CellMessagingParts & {
      readonly signer: EnvelopeSigner;
      readonly clock: Clock;
      readonly exported: readonly EventDefinition[];
      /** In which the cell speaks to the others. */
      readonly findEpoch: () => Promise<number>;
      readonly heartbeatEveryMs?: number;
    },
  ): Promise<CellMessaging> {
    const { cell, database, clock, findEpoch, signer } = parts;
    const outbox = new Outbox(cell);
    const heartbeat = new CellHeartbeat({ cell, database, clock, outbox, findEpoch });
    const told = [CellHeartbeatSent, CellHeartbeatHeard, ...parts.exported];
    const write = globalRecordWriter(signer, told);
    const consumers = [heartbeat.consumer, ...parts.consumers];
    const messaging = await CellMessaging.start(
      { ...parts, consumers },
      { principal: 'border', write },
    );
    parts.metrics.watchQuarantine(() => readParked(database, 'global'));
    const everyMs = parts.heartbeatEveryMs ?? heartbeatEveryMs;
    messaging.every('heartbeat', everyMs, () => heartbeat.send());
    return messaging;
  }

  /** Rejects when a consumer has ended for good: the process should end and be started again. */
  get failed(): Promise<never> {
    return Promise.race(this.consumers.map(({ failed }) => failed));
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all([this.relay.stop(), ...this.consumers.map((consumer) => consumer.stop())]);
    await this.parts.log.close();
  }

  private static async start(
    parts: CellMessagingParts,
    role: { readonly principal: 'worker' | 'border'; readonly write: RecordWriter },
  ): Promise<CellMessaging> {
    const { cell, directory, database, log, metrics, consumers } = parts;
    assertConsumers(consumers);
    const scope: OutboxScope = role.principal === 'worker' ? 'local' : 'global';
    const store = new RelayStore(database, scope);
    const relay = new OutboxRelay({ scope, store, log, write: role.write, metrics });
    relay.start();
    const peers = directory.cells.map(({ id }) => id).filter((id) => id !== cell);
    const reader = new RecordReader(cell, new EnvelopeVerifier(directory));
    const shared = { principal: role.principal, peers, log, database, reader, metrics };
    const running = await Promise.all(
      consumers.map((consumer) => RunningConsumer.start({ ...shared, consumer })),
    );
    return new CellMessaging(parts, relay, running);
  }

  /** Never twice at once: a slow round delays the next one. What fails is counted and done the next time. */
  private every(component: string, ms: number, work: () => Promise<unknown>): void {
    let isBusy = false;
    const timer = setInterval(() => {
      if (isBusy) return;
      isBusy = true;
      void work()
        .catch(() => this.parts.metrics.upkeepFailures.inc({ component }))
        .finally(() => (isBusy = false));
    }, ms);
    this.timers.push(timer);
  }
}
