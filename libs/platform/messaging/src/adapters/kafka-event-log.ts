import kafkajs from 'kafkajs';
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';

import { EventLog } from '../event-log.ts';
import type { LogRecord, ReceivedRecord, Subscription, SubscriptionRequest } from '../event-log.ts';
import { KafkaLag } from './kafka-lag.ts';
import { KafkaPublisher } from './kafka-publisher.ts';
import './rest-idle-queues.ts';

const connectTimeoutMs = 3_000;
const requestTimeoutMs = 10_000;
/** A killed process keeps its partitions from its successor for so long. */
const sessionTimeoutMs = 10_000;
const heartbeatMs = 2_000;
const rebalanceTimeoutMs = 60_000;
const bytesPerPartitionMax = 256 * 1024;
const fetchWaitMs = 200;
const commitEveryMs = 500;
const commitRecordsMax = 200;
const retry = { retries: 8, initialRetryTime: 100, maxRetryTime: 1_000 };
const pauseBeforeReopeningMs = 500;
const mirroredPattern = /^([a-z]{2}-[1-9][0-9]{0,2}\.)?(.*)$/;

export interface KafkaLogin {
  readonly brokers: readonly string[];
  readonly username: string;
  readonly password: string;
}
export interface KafkaEventLogOptions extends KafkaLogin {
  readonly clientId: string;
  /** Separates test runs on one broker; empty otherwise. */
  readonly topicPrefix?: string;
  /** Shortens how long a killed member holds its partitions; for tests. */
  readonly sessionTimeoutMs?: number;
}

/** Records in Kafka through kafkajs, with its known faults worked around. */
export class KafkaEventLog extends EventLog {
  private readonly kafka: Kafka;
  private readonly publisher: KafkaPublisher;
  private readonly lag: KafkaLag;
  private readonly prefix: string;
  private readonly open = new Set<Subscription>();

  constructor(private readonly options: KafkaEventLogOptions) {
    super();
    const { clientId, brokers, username, password } = options;
    this.prefix = options.topicPrefix ?? '';
    this.kafka = new kafkajs.Kafka({
      clientId,
      brokers: [...brokers],
      sasl: { mechanism: 'plain', username, password },
      connectionTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      retry,
      // What goes wrong reaches the caller as an error; kafkajs would print it a second time.
      logLevel: kafkajs.logLevel.NOTHING,
    });
    this.publisher = new KafkaPublisher(this.kafka);
    this.lag = new KafkaLag(this.kafka);
  }

  append(records: readonly LogRecord[]): Promise<void> {
    const byTopic = Map.groupBy(records, ({ topic }) => topic);
    return this.publisher.send(
      [...byTopic].map(([topic, ofTopic]) => ({
        topic: this.physical(topic),
        messages: ofTopic.map(({ key, value }) => ({ key, value: Buffer.from(value) })),
      })),
    );
  }

  async subscribe(
    request: SubscriptionRequest,
    handle: (record: ReceivedRecord) => Promise<void>,
  ): Promise<Subscription> {
    const { consumer, failed } = await this.openConsumer(request, handle);
    const subscription: Subscription = {
      failed,
      stop: async () => {
        this.open.delete(subscription);
        await consumer.disconnect();
      },
    };
    this.open.add(subscription);
    return subscription;
  }

  lagOf({ group, topics }: Pick<SubscriptionRequest, 'group' | 'topics'>): Promise<number> {
    const physical = topics.map((topic) => this.physical(topic));
    return this.lag.of(this.groupId(group), physical);
  }

  async close(): Promise<void> {
    await Promise.all([...this.open].map((subscription) => subscription.stop()));
    await this.publisher.close();
  }

  /** Waits for a broker that is away: a process may be started before it, or while it restarts. */
  private async openConsumer(
    request: SubscriptionRequest,
    handle: (record: ReceivedRecord) => Promise<void>,
  ): Promise<{ readonly consumer: Consumer; readonly failed: Promise<never> }> {
    for (;;) {
      const consumer = this.newConsumer(request);
      const failed = failureOf(consumer);
      try {
        await consumer.connect();
        const topics = request.topics.map((topic) => this.physical(topic));
        await consumer.subscribe({ topics, fromBeginning: true });
        await consumer.run({
          autoCommitInterval: commitEveryMs,
          autoCommitThreshold: commitRecordsMax,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: request.partitionsConcurrently,
          eachBatch: (payload) => this.handleBatch(payload, handle),
        });
        return { consumer, failed };
      } catch (error) {
        await consumer.disconnect().catch(() => undefined);
        if (!isAway(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseBeforeReopeningMs));
      }
    }
  }

  private newConsumer(request: SubscriptionRequest): Consumer {
    const sessionTimeout = this.options.sessionTimeoutMs ?? sessionTimeoutMs;
    return this.kafka.consumer({
      groupId: this.groupId(request.group),
      sessionTimeout,
      heartbeatInterval: Math.min(heartbeatMs, sessionTimeout / 3),
      rebalanceTimeout: rebalanceTimeoutMs,
      maxBytesPerPartition: bytesPerPartitionMax,
      maxWaitTimeInMs: fetchWaitMs,
      allowAutoTopicCreation: false,
      // Restarting is the answer to every failure of the broker; a failure of our own is one too.
      retry: { ...retry, restartOnFailure: () => Promise.resolve(true) },
    });
  }

  /** Stops between two records as soon as the group has moved on without this member. */
  private async handleBatch(
    payload: EachBatchPayload,
    handle: (record: ReceivedRecord) => Promise<void>,
  ): Promise<void> {
    const { batch } = payload;
    for (const message of batch.messages) {
      if (!payload.isRunning() || payload.isStale()) return;
      await handle(this.received(batch.topic, batch.partition, message));
      payload.resolveOffset(message.offset);
      await payload.commitOffsetsIfNecessary();
      await payload.heartbeat();
    }
  }

  private received(topic: string, partition: number, message: KafkaMessage): ReceivedRecord {
    return {
      topic: this.logical(topic),
      partition,
      offset: BigInt(message.offset),
      key: message.key?.toString(),
      value: message.value ?? undefined,
      headerCount: Object.keys(message.headers ?? {}).length,
    };
  }

  /** A group's first word is its principal's: the access list grants groups by that. */
  private groupId(group: string): string {
    return group.replace(/^([^.]+\.)/, `$1${this.prefix}`);
  }

  /** The prefix of a test run stands behind the name of a mirrored topic's cell. */
  private physical(topic: string): string {
    return topic.replace(mirroredPattern, (_, cell: string | undefined, rest: string) => {
      return `${cell ?? ''}${this.prefix}${rest}`;
    });
  }

  private logical(topic: string): string {
    return topic.replace(mirroredPattern, (_, cell: string | undefined, rest: string) => {
      return `${cell ?? ''}${rest.slice(this.prefix.length)}`;
    });
  }
}

/** The broker did not answer, as opposed to: it answered no. */
const isAway = (error: unknown): boolean =>
  error instanceof kafkajs.KafkaJSConnectionError ||
  error instanceof kafkajs.KafkaJSNumberOfRetriesExceeded ||
  (error instanceof kafkajs.KafkaJSError && error.retriable);

function failureOf(consumer: Consumer): Promise<never> {
  const failed = new Promise<never>((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) reject(payload.error);
    });
  });
  // Whoever does not wait for it must not be ended by it.
  failed.catch(() => undefined);
  return failed;
}
