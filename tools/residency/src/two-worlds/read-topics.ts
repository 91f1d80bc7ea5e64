import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import type { KafkaMessage } from 'kafkajs';
import type { Crossing } from './crossing.ts';

const crossingTopic = /^(?:[a-z]{2}-[1-9][0-9]{0,2}\.)?global\./;

export interface BrokerOfCell {
  readonly cell: string;
  readonly brokers: string;
  readonly password: string;
}

/** Every record of the topics that cross, where they were written and where they arrived. */
export async function readTopics({ cell, brokers, password }: BrokerOfCell): Promise<Crossing[]> {
  const kafka = new Kafka({
    clientId: 'two-worlds',
    brokers: brokers.split(','),
    sasl: { mechanism: 'plain', username: 'admin', password },
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => crossingTopic.test(topic));
  const ends = new Map<string, number>();
  for (const topic of topics) {
    for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
      if (Number(high) > Number(low)) ends.set(`${topic}/${partition}`, Number(high) - 1);
    }
  }
  await admin.disconnect();
  return ends.size === 0 ? [] : readToEnd(kafka, { cell, topics, ends });
}

async function readToEnd(
  kafka: Kafka,
  { cell, topics, ends }: { cell: string; topics: string[]; ends: Map<string, number> },
): Promise<Crossing[]> {
  const found: Crossing[] = [];
  const consumer = kafka.consumer({ groupId: `two-worlds-${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  const done = Promise.withResolvers<undefined>();
  await consumer.run({
    autoCommit: false,
    eachMessage: ({ topic, partition, message }) => {
      const end = ends.get(`${topic}/${partition}`);
      if (end !== undefined && Number(message.offset) <= end) {
        found.push(crossingOf(`${cell} ${topic}`, message));
        if (Number(message.offset) === end) ends.delete(`${topic}/${partition}`);
      }
      if (ends.size === 0) done.resolve(undefined);
      return Promise.resolve();
    },
  });
  await done.promise;
  await consumer.disconnect();
  return found;
}

const crossingOf = (place: string, { key, value, headers }: KafkaMessage): Crossing => ({
  channel: 'topic',
  place,
  key: key?.toString() ?? '',
  head: Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, of]) => [name, [of].flat().map(String).join()]),
  ),
  body: value?.toString() ?? '',
});
