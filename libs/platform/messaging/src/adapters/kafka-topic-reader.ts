import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { KafkaLogin } from './kafka-event-log.ts';
import './rest-idle-queues.ts';

const retry = { retries: 3, initialRetryTime: 100, maxRetryTime: 500 };
const fetchWaitMs = 200;
const progressWithinMs = 60_000;

export interface ReadRecord {
  readonly key: string | undefined;
  readonly value: Uint8Array | undefined;
}

export interface KafkaTopicReaderOptions extends KafkaLogin {
  readonly clientId: string;
  /** One that the login may read under, with a dot at its end; each reading adds a name of its own. */
  readonly groupPrefix: string;
  /** Separates test runs on one broker; empty otherwise. */
  readonly topicPrefix?: string;
}

/** The broker gave no record for so long, and the end had not come. */
export class TopicNotReadError extends Error {
  override readonly name = 'TopicNotReadError';
}

/**
 * Reads a topic as it stands, to the end that it has when the reading begins. Within a partition records come in
 * their order. No place of any consumer is moved.
 */
export class KafkaTopicReader {
  readonly #kafka: Kafka;
  readonly #options: KafkaTopicReaderOptions;

  constructor(options: KafkaTopicReaderOptions) {
    const { clientId, brokers, username, password } = options;
    this.#options = options;
    this.#kafka = new kafkajs.Kafka({
      ...{ clientId, brokers: [...brokers], retry, logLevel: kafkajs.logLevel.NOTHING },
      sasl: { mechanism: 'plain', username, password },
    });
  }

  /**
   * @param last only so many records of each partition
   * @throws TopicNotReadError, and what `take` throws, which ends the reading
   */
  async read(
    topic: string,
    take: (record: ReadRecord) => void,
    last = Number.MAX_SAFE_INTEGER,
  ): Promise<void> {
    const physical = `${this.#options.topicPrefix ?? ''}${topic}`;
    const stretches = await this.#stretchesOf(physical, last);
    if (stretches.size === 0) return;
    const groupId = `${this.#options.groupPrefix}${randomUUID()}`;
    const consumer = this.#kafka.consumer({ groupId, maxWaitTimeInMs: fetchWaitMs, retry });
    try {
      await readStretches(consumer, { topic: physical, stretches, take });
    } finally {
      // whatever became of it, its connection is not used again
      await consumer.disconnect().catch(() => undefined);
    }
  }

  /** By partition, of those that hold anything: from where to where. */
  async #stretchesOf(topic: string, last: number): Promise<Map<number, Stretch>> {
    const admin = this.#kafka.admin({ retry });
    try {
      await admin.connect();
      const partitions = await admin.fetchTopicOffsets(topic);
      const held = partitions.map(({ partition, low, high }) => {
        const [from, end] = [BigInt(low), BigInt(high)];
        const start = end - BigInt(last) > from ? end - BigInt(last) : from;
        return [partition, { low: from, start, end }] as const;
      });
      return new Map(held.filter(([, { start, end }]) => end > start));
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}

interface Stretch {
  readonly low: bigint;
  readonly start: bigint;
  /** Of the next record after the last one. */
  readonly end: bigint;
}

interface Reading {
  readonly topic: string;
  readonly stretches: Map<number, Stretch>;
  readonly take: (record: ReadRecord) => void;
}

async function readStretches(
  consumer: Consumer,
  { topic, stretches, take }: Reading,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const giveUp = () => reject(new TopicNotReadError(`${topic} was not read to its end`));
  let timer = setTimeout(giveUp, progressWithinMs);
  const eachBatch = ({ batch }: EachBatchPayload): Promise<void> => {
    const stretch = stretches.get(batch.partition);
    if (stretch === undefined) return Promise.resolve();
    clearTimeout(timer);
    timer = setTimeout(giveUp, progressWithinMs);
    const asked = batch.messages.filter(
      ({ offset }) => BigInt(offset) >= stretch.start && BigInt(offset) < stretch.end,
    );
    try {
      for (const { key, value } of asked) take({ key: key?.toString(), value: value ?? undefined });
    } catch (error) {
      // the client would read the batch again and again, and answer with an error of its own
      stretches.clear();
      reject(error);
      return Promise.resolve();
    }
    if (BigInt(batch.lastOffset()) + 1n >= stretch.end) stretches.delete(batch.partition);
    if (stretches.size === 0) resolve(undefined);
    return Promise.resolve();
  };
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const seeks = [...stretches].filter(([, { low, start }]) => start > low);
    await consumer.run({ autoCommit: false, eachBatch });
    for (const [partition, { start }] of seeks) {
      consumer.seek({ topic, partition, offset: String(start) });
    }
    await promise;
  } finally {
    clearTimeout(timer);
  }
}
