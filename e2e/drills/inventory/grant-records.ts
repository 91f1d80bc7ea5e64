import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { SecretStore } from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';
import { Kafka, logLevel } from 'kafkajs';
import type { KafkaMessage } from 'kafkajs';

/** A record as it lies in a partition. */
export interface GrantRecord {
  readonly partition: number;
  readonly message: KafkaMessage;
}

const readTimeoutMs = 30_000;
const pollMs = 100;

/** A cell's copy of what another has told it of grants; the broker's administrator may also put records into it. */
export class GrantRecords {
  private readonly kafka: Kafka;
  private readonly topic: string;

  constructor({ kafkaBrokers, secrets }: DescribedCell, donor: string) {
    const password = new SecretStore(secrets).read(join('kafka', 'admin'));
    this.kafka = new Kafka({
      clientId: 'drill',
      brokers: kafkaBrokers.split(','),
      sasl: { mechanism: 'plain', username: 'admin', password },
      logLevel: logLevel.NOTHING,
    });
    this.topic = `${donor}.global.inventory.v1`;
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
