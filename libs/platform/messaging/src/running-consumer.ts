import type { Database } from '@entrepot/platform-database';

import { RecordConsumption } from './consume-record.ts';
import { DeadLetterStore } from './dead-letter-store.ts';
import { topicsOf } from './event-consumer.ts';
import type { EventConsumer } from './event-consumer.ts';
import type { EventLog, Subscription } from './event-log.ts';
import type { MessagingMetrics } from './messaging-metrics.ts';
import { redriveOnce } from './redrive.ts';
import type { RecordReader } from './record-reader.ts';

const partitionsConcurrently = 3;
const redriveEveryMs = 1_000;

export interface RunningConsumerParts {
  /** The process's principal; the first word of the group, by which groups are granted. */
  readonly principal: 'worker' | 'border';
  readonly consumer: EventConsumer;
  readonly peers: readonly string[];
  readonly log: EventLog;
  readonly database: Database;
  readonly reader: RecordReader;
  readonly metrics: MessagingMetrics;
}

/** The group that a consumer reads in; processes of one kind share it. */
const groupOf = (principal: 'worker' | 'border', { name }: EventConsumer): string =>
  `${principal}.${name}`;

/** A consumer at work: reads its topics and looks after its dead letters. */
export class RunningConsumer {
  private timer: NodeJS.Timeout | undefined;
  private redriving: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly parts: RunningConsumerParts,
    private readonly consumption: RecordConsumption,
    private readonly subscription: Subscription,
  ) {}

  static async start(parts: RunningConsumerParts): Promise<RunningConsumer> {
    const { consumer, principal, peers, log } = parts;
    const consumption = new RecordConsumption(parts);
    const subscription = await log.subscribe(
      {
        group: groupOf(principal, consumer),
        topics: topicsOf(consumer, peers),
        partitionsConcurrently,
      },
      (record) => consumption.consume(record),
    );
    const running = new RunningConsumer(parts, consumption, subscription);
    running.scheduleRedrive();
    return running;
  }

  /** Rejects when reading has ended for good. */
  get failed(): Promise<never> {
    return this.subscription.failed;
  }

  get name(): string {
    return this.parts.consumer.name;
  }

  /** Records that are in the log and that the consumer has not handled. */
  lag(): Promise<number> {
    const { consumer, principal, peers, log } = this.parts;
    return log.lagOf({ group: groupOf(principal, consumer), topics: topicsOf(consumer, peers) });
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.subscription.stop();
    await this.redriving;
  }

  private scheduleRedrive(): void {
    this.timer = setTimeout(() => {
      this.redriving = this.redrive().finally(() => {
        if (this.timer !== undefined) this.scheduleRedrive();
      });
    }, redriveEveryMs);
  }

  private async redrive(): Promise<void> {
    const { consumer, database, reader } = this.parts;
    const store = new DeadLetterStore(database);
    try {
      await redriveOnce({ consumer: consumer.name, store, reader, consumption: this.consumption });
    } catch {
      // The store is away; the letters are still there in a second.
      return;
    }
  }
}
