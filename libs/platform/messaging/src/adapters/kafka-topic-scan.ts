import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import type { Admin, Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import type { KafkaLogin } from './kafka-event-log.ts';
import './rest-idle-queues.ts';

const retry = { retries: 3, initialRetryTime: 100, maxRetryTime: 500 };
const fetchWaitMs = 200;
const scanMsMax = 60_000;

export interface TopicScan {
  /** By text: records in whose key, value or headers it stands. */
  readonly matched: ReadonlyMap<string, number>;
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

  /** By topic: records up to those that were there when it began. One group reads all of them. */
  async look(
    topics: readonly string[],
    texts: readonly string[],
  ): Promise<ReadonlyMap<string, TopicScan>> {
    const ends = await this.#asAdmin((admin) => endsOf(admin, topics));
    const reading = new Reading(topics, ends, texts);
    if (reading.isDone) return reading.scans();
    const consumer = this.#kafka.consumer({
      ...{ groupId: `${this.#group}${randomUUID()}`, maxWaitTimeInMs: fetchWaitMs, retry },
    });
    try {
      await readTo(reading, consumer);
      return reading.scans();
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

/** By topic and partition, of those that hold anything: the offset of the next record. */
type Ends = ReadonlyMap<string, Map<number, bigint>>;

async function endsOf(admin: Admin, topics: readonly string[]): Promise<Ends> {
  const ends = new Map<string, Map<number, bigint>>();
  for (const topic of topics) {
    const partitions = await admin.fetchTopicOffsets(topic);
    const holding = partitions.filter(({ low, high }) => BigInt(high) > BigInt(low));
    if (holding.length === 0) continue;
    ends.set(topic, new Map(holding.map(({ partition, high }) => [partition, BigInt(high)])));
  }
  return ends;
}

/** How far a scan has come. */
class Reading {
  /** By topic and text. */
  readonly #matched: Map<string, Map<string, number>>;

  constructor(
    topics: readonly string[],
    private readonly ends: Ends,
    private readonly texts: readonly string[],
  ) {
    this.#matched = new Map(
      topics.map((topic) => [topic, new Map(texts.map((text) => [text, 0]))]),
    );
  }

  /** Topics that hold anything. */
  get topics(): string[] {
    return [...this.ends.keys()];
  }

  get isDone(): boolean {
    return [...this.ends.values()].every((partitions) => partitions.size === 0);
  }

  take({ batch }: EachBatchPayload): void {
    const { topic, partition, messages } = batch;
    const end = this.ends.get(topic)?.get(partition);
    if (end === undefined) return;
    const old = messages.filter(({ offset }) => BigInt(offset) < end);
    for (const message of old) this.#count(topic, message);
    // a compacted topic may end in offsets that no record has
    if (BigInt(batch.lastOffset()) + 1n >= end) this.ends.get(topic)?.delete(partition);
  }

  #count(topic: string, message: KafkaMessage): void {
    const counts = this.#matched.get(topic);
    for (const text of textsIn(message, this.texts)) {
      counts?.set(text, (counts.get(text) ?? 0) + 1);
    }
  }

  scans(): ReadonlyMap<string, TopicScan> {
    return new Map(
      [...this.#matched].map(([topic, matched]) => [
        topic,
        { matched, isWhole: (this.ends.get(topic)?.size ?? 0) === 0 },
      ]),
    );
  }
}

/** Until all is read, or the time is up. */
async function readTo(reading: Reading, consumer: Consumer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), scanMsMax);
  const eachBatch = (payload: EachBatchPayload): Promise<void> => {
    reading.take(payload);
    if (reading.isDone) resolve(undefined);
    return Promise.resolve();
  };
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: reading.topics, fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatch });
    await promise;
  } finally {
    clearTimeout(timer);
  }
}

function textsIn({ key, value, headers }: KafkaMessage, texts: readonly string[]): string[] {
  const parts = [key, value, ...Object.values(headers ?? {}).flat()];
  return texts.filter((text) =>
    parts.some((part) => part !== null && part !== undefined && part.includes(text)),
  );
}
