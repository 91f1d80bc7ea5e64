import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import type { Admin, Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import type { KafkaLogin } from './kafka-event-log.ts';
import './rest-idle-queues.ts';

const retry = { retries: 3, initialRetryTime: 100, maxRetryTime: 500 };
const fetchWaitMs = 200;
const scanMsMax = 60_000;

export interface TopicScan {
  /** Records in whose key, value or headers one of the texts stands. */
  readonly matched: number;
  /** False where the time was up first. */
  readonly isWhole: boolean;
}

/**
 * Looks through the records of a broker as it has them. Each scan reads under a group of its own, of whose
 * name nothing is kept, so that scans do not share partitions and no consumer's place is moved.
 */
export class KafkaTopicScan {
  readonly #kafka: Kafka;
  readonly #group: string;

  /** The group prefix is one that the login may read under. */
  constructor({
    clientId,
    groupPrefix,
    ...login
  }: KafkaLogin & {
    readonly clientId: string;
    readonly groupPrefix: string;
  }) {
    const { brokers, username, password } = login;
    this.#group = groupPrefix;
    this.#kafka = new kafkajs.Kafka({
      ...{ clientId, brokers: [...brokers], retry, logLevel: kafkajs.logLevel.NOTHING },
      sasl: { mechanism: 'plain', username, password },
    });
  }

  /** Every topic that the login may know of, sorted. */
  async topics(): Promise<readonly string[]> {
    return this.#asAdmin(async (admin) => (await admin.listTopics()).toSorted());
  }

  /** Records up to those that were there when it began. */
  async look(topic: string, texts: readonly string[]): Promise<TopicScan> {
    const ends = await this.#asAdmin((admin) => endsOf(admin, topic));
    if (ends.size === 0 || texts.length === 0) return { matched: 0, isWhole: true };
    const consumer = this.#kafka.consumer({
      ...{ groupId: `${this.#group}${randomUUID()}`, maxWaitTimeInMs: fetchWaitMs, retry },
    });
    try {
      return await readTo(ends, { consumer, topic, texts });
    } finally {
      await consumer.disconnect().catch(() => undefined);
    }
  }

  async #asAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.#kafka.admin({ retry });
    try {
      await admin.connect();
      return await work(admin);
    } finally {
      // whatever became of it, its connection is not used again
      await admin.disconnect().catch(() => undefined);
    }
  }
}

/** By partition, of those that hold anything: the offset of the next record. */
async function endsOf(admin: Admin, topic: string): Promise<Map<number, bigint>> {
  const partitions = await admin.fetchTopicOffsets(topic);
  return new Map(
    partitions.flatMap(({ partition, low, high }) =>
      BigInt(high) > BigInt(low) ? [[partition, BigInt(high)] as const] : [],
    ),
  );
}

async function readTo(
  ends: Map<number, bigint>,
  {
    consumer,
    topic,
    texts,
  }: {
    readonly consumer: Consumer;
    readonly topic: string;
    readonly texts: readonly string[];
  },
): Promise<TopicScan> {
  let matched = 0;
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), scanMsMax);
  const eachBatch = ({ batch }: EachBatchPayload): Promise<void> => {
    const end = ends.get(batch.partition);
    if (end === undefined) return Promise.resolve();
    const old = batch.messages.filter(({ offset }) => BigInt(offset) < end);
    matched += old.filter((message) => names(message, texts)).length;
    // a compacted or transactional topic may end in offsets that no record has
    if (BigInt(batch.lastOffset()) + 1n >= end) ends.delete(batch.partition);
    if (ends.size === 0) resolve(true);
    return Promise.resolve();
  };
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatch });
    return { isWhole: await promise, matched };
  } finally {
    clearTimeout(timer);
  }
}

function names({ key, value, headers }: KafkaMessage, texts: readonly string[]): boolean {
  const parts = [key, value, ...Object.values(headers ?? {}).flat()];
  return parts.some(
    (part) => part !== null && part !== undefined && texts.some((text) => part.includes(text)),
  );
}
