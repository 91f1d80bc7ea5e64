import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { SecretStore } from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import type { Admin, KafkaMessage } from 'kafkajs';

/** A record as it lies in a partition. */
export interface GrantRecord {
  readonly partition: number;
  readonly message: KafkaMessage;
}

const grantsTopic = 'global.inventory.v1';
const readTimeoutMs = 30_000;
/** The broker looks for what it can compact each quarter of a minute. */
const compactTimeoutMs = 120_000;
const pollMs = 100;
const compactPollMs = 3_000;

/** What cells tell of grants, in a topic at one of them; the broker's administrator may also put records into it. */
export class GrantRecords {
  private readonly kafka: Kafka;

  private constructor(
    { kafkaBrokers, secrets }: DescribedCell,
    private readonly topic: string,
  ) {
    const password = new SecretStore(secrets).read(join('kafka', 'admin'));
    this.kafka = new Kafka({
      clientId: 'drill',
      brokers: kafkaBrokers.split(','),
      sasl: { mechanism: 'plain', username: 'admin', password },
      logLevel: logLevel.NOTHING,
    });
  }

  /** What the cell itself tells. */
  static toldBy(cell: DescribedCell): GrantRecords {
    return new GrantRecords(cell, grantsTopic);
  }

  /** The cell's copy of what another tells. */
  static heardBy(cell: DescribedCell, donor: string): GrantRecords {
    return new GrantRecords(cell, `${donor}.${grantsTopic}`);
  }

  /** All that are there about an article, in the order in which they came. */
  async about(sku: string): Promise<readonly GrantRecord[]> {
    const ends = await this.ends();
    const consumer = this.kafka.consumer({ groupId: `drill-${randomUUID()}` });
    const found: GrantRecord[] = [];
    await consumer.connect();
    try {
      await consumer.subscribe({ topic: this.topic, fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachMessage: ({ partition, message }) => {
          if (message.value?.includes(sku) === true) found.push({ partition, message });
          if (Number(message.offset) + 1 >= (ends.get(partition) ?? 0)) ends.delete(partition);
          return Promise.resolve();
        },
      });
      const until = performance.now() + readTimeoutMs;
      while (ends.size > 0) {
        if (performance.now() > until) throw new Error(`${this.topic} was not read to its end`);
        await sleep(pollMs);
      }
    } finally {
      await consumer.disconnect();
    }
    return found;
  }

  /** Puts records in once more, in the given order, as told at another time where one is given. */
  async tellAgain(records: readonly GrantRecord[], at?: Date): Promise<void> {
    const producer = this.kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    try {
      for (const { partition, message } of records) {
        const { key, value, headers } = message;
        const timestamp = at === undefined ? message.timestamp : String(at.getTime());
        await producer.send({
          topic: this.topic,
          messages: [{ partition, key, value, timestamp, ...(headers && { headers }) }],
        });
      }
    } finally {
      await producer.disconnect();
    }
  }

  /**
   * Has the broker compact the topic until of an article only what was told last is left. That closes its segments at
   * once, by telling it again: the one in use is never compacted.
   */
  async compact(sku: string): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      await this.setUp(admin, { 'segment.ms': '1', 'min.cleanable.dirty.ratio': '0' });
      const until = performance.now() + compactTimeoutMs;
      for (;;) {
        const records = await this.about(sku);
        const last = records.at(-1);
        if (last === undefined) throw new TypeError(`nothing is told of ${sku}`);
        const isLast = ({ message }: GrantRecord): boolean =>
          message.value?.equals(last.message.value ?? Buffer.of()) === true;
        if (records.every(isLast)) return;
        if (performance.now() > until) throw new Error(`${this.topic} was not compacted`);
        await this.tellAgain([last], new Date());
        await sleep(compactPollMs);
      }
    } finally {
      await this.setUp(admin, {});
      await admin.disconnect();
    }
  }

  private async setUp(admin: Admin, extra: Readonly<Record<string, string>>): Promise<void> {
    const entries = { 'cleanup.policy': 'compact', ...extra };
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: this.topic,
          configEntries: Object.entries(entries).map(([name, value]) => ({ name, value })),
        },
      ],
    });
  }

  /** Until a group of consumers has handled all that is there. */
  async untilHandledBy(groupId: string): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      const until = performance.now() + readTimeoutMs;
      for (;;) {
        const ends = await this.ends();
        const [of] = await admin.fetchOffsets({ groupId, topics: [this.topic] });
        const behind = (of?.partitions ?? []).some(
          ({ partition, offset }) => Number(offset) < (ends.get(partition) ?? 0),
        );
        if (!behind) return;
        if (performance.now() > until) throw new Error(`${groupId} is behind in ${this.topic}`);
        await sleep(pollMs);
      }
    } finally {
      await admin.disconnect();
    }
  }

  private async ends(): Promise<Map<number, number>> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      const offsets = await admin.fetchTopicOffsets(this.topic);
      return new Map(
        offsets
          .filter(({ high, low }) => Number(high) > Number(low))
          .map(({ partition, high }) => [partition, Number(high)]),
      );
    } finally {
      await admin.disconnect();
    }
  }
}
