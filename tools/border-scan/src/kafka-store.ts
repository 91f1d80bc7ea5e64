import { readFileSync } from 'node:fs';
import { Kafka, logLevel } from 'kafkajs';
import { filesBelow } from './scan-files.ts';
import type { FileGroup, ScannedStore } from './store-scan.ts';

const topic = 'border-scan-control';
const batchHeaderBytes = 61;
const lengthAt = 8;
const attributesAt = 21;
const compressionMask = 0b111;

export interface KafkaStoreOptions {
  readonly name: string;
  readonly brokers: string;
  readonly password: string;
  readonly folder: string;
}

/** A broker's segments. Nothing may be compressed: a scan would be blind to it. */
export class KafkaStore implements ScannedStore {
  readonly name: string;
  readonly #folder: string;
  readonly #kafka: Kafka;

  constructor({ name, brokers, password, folder }: KafkaStoreOptions) {
    this.name = name;
    this.#folder = folder;
    this.#kafka = new Kafka({
      clientId: 'border-scan',
      brokers: brokers.split(','),
      sasl: { mechanism: 'plain', username: 'admin', password },
      logLevel: logLevel.NOTHING,
    });
  }

  async plant(values: readonly Buffer[]): Promise<void> {
    const admin = this.#kafka.admin();
    await admin.connect();
    await admin.createTopics({
      topics: [{ topic, numPartitions: 1, replicationFactor: 1 }],
      waitForLeaders: true,
    });
    await admin.disconnect();
    const producer = this.#kafka.producer();
    await producer.connect();
    await producer.send({ topic, acks: -1, messages: values.map((value) => ({ value })) });
    await producer.disconnect();
  }

  groups(): Promise<readonly FileGroup[]> {
    return Promise.resolve([{ name: 'segments', files: filesBelow(this.#folder) }]);
  }

  problems(): Promise<string[]> {
    const segments = filesBelow(this.#folder).filter((file) => /\/\d{20}\.log$/.test(file));
    const packed = segments.filter((file) => hasCompressedBatch(readFileSync(file)));
    return Promise.resolve(packed.map((file) => `${file} holds compressed batches`));
  }

  async remove(): Promise<void> {
    const admin = this.#kafka.admin();
    await admin.connect();
    const topics = await admin.listTopics();
    if (topics.includes(topic)) await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  }
}

/** Walks the record batches (KIP-98) of a segment, which ends in zeroes where it was preallocated. */
export function hasCompressedBatch(segment: Buffer): boolean {
  let at = 0;
  while (at + batchHeaderBytes <= segment.length) {
    const length = segment.readInt32BE(at + lengthAt);
    if (length <= 0) return false;
    if ((segment.readInt16BE(at + attributesAt) & compressionMask) !== 0) return true;
    at += lengthAt + 4 + length;
  }
  return false;
}
