import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testKafka } from '@entrepot/testing';
import { KafkaEventLog, KafkaTopicReader } from '../src/index.ts';

const topic = 'local.stock-witness.v1';
const records = 40;

describe('a topic that is read as it stands', () => {
  let log: KafkaEventLog;
  let reader: KafkaTopicReader;

  beforeAll(async () => {
    const kafka = await testKafka();
    await kafka.createTopics([topic, 'local.empty.v1'], 2);
    const { brokers, username, password, topicPrefix } = kafka;
    const client = { brokers, username, password, topicPrefix, clientId: 'in-1 worker' };
    log = new KafkaEventLog(client);
    reader = new KafkaTopicReader({ ...client, groupPrefix: `worker.${topicPrefix}` });
    for (let from = 0; from < records; from += 10) {
      const numbers = Array.from({ length: 10 }, (_, at) => from + at);
      await log.append(
        numbers.map((n) => ({ topic, key: `key-${n % 4}`, value: Buffer.from(String(n)) })),
      );
    }
  }, 120_000);
  afterAll(() => log.close());

  async function read(of: string, last?: number): Promise<{ key: string; number: number }[]> {
    const taken: { key: string; number: number }[] = [];
    const take = ({
      key = '',
      value,
    }: {
      key: string | undefined;
      value: Uint8Array | undefined;
    }) => void taken.push({ key, number: Number(Buffer.from(value ?? []).toString()) });
    await reader.read(of, take, last);
    return taken;
  }

  it('gives every record, those of a key in their order, and the same again', async () => {
    for (const taken of [await read(topic), await read(topic)]) {
      expect(taken.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: records }, (_, at) => at),
      );
      for (const ofKey of Map.groupBy(taken, ({ key }) => key).values()) {
        const numbers = ofKey.map(({ number }) => number);
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      }
    }
  }, 60_000);

  it('gives the last of each partition where only they are asked for', async () => {
    const taken = await read(topic, 3);
    expect(taken.length).toBeGreaterThanOrEqual(3);
    expect(taken.length).toBeLessThanOrEqual(6);
    expect(taken.map(({ number }) => number)).toContain(records - 1);
  }, 60_000);

  it('is read at once where it is empty', async () => {
    expect(await read('local.empty.v1')).toEqual([]);
  });
});
