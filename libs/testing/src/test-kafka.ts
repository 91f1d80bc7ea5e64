import kafkajs from 'kafkajs';
import type { Admin } from 'kafkajs';

import { requestService } from './service-client.ts';

interface KafkaDescription {
  readonly brokers: readonly string[];
  readonly username: string;
  readonly password: string;
  readonly passwords: Readonly<Record<string, string>>;
}

export interface TestKafka {
  readonly brokers: readonly string[];
  /** The administrator: the access list knows only the real topics' names, not the prefixed ones. */
  readonly username: string;
  readonly password: string;
  /** Another one at every call: suites share the broker. */
  readonly topicPrefix: string;
  /** The password of another principal of the broker, such as `worker`; the real topics are theirs. */
  passwordOf(principal: string): string;
  /** Creates topics under the suite's prefix; nothing creates topics by itself. */
  createTopics(names: readonly string[], partitions?: number): Promise<void>;
}

const partitionsDefault = 3;
const leaderTimeoutMs = 10_000;
const leaderPollMs = 50;

/** The client's own wait gives up at the first answer that does not know the new topic yet. */
async function untilLed(admin: Admin, topic: string): Promise<void> {
  const end = performance.now() + leaderTimeoutMs;
  for (;;) {
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, leaderPollMs));
    }
  }
}

export interface TestKafkaOptions {
  /** A name for a broker of the suite's own, for suites that kill it. */
  readonly ownBroker?: string;
}

export async function testKafka({ ownBroker }: TestKafkaOptions = {}): Promise<TestKafka> {
  const service = ownBroker === undefined ? 'kafka' : `kafka:${ownBroker}`;
  const description = await requestService<KafkaDescription>(service);
  const { brokers, username, password, passwords } = description;
  const topicPrefix = `test-${crypto.randomUUID().slice(0, 8)}.`;
  return {
    brokers,
    username,
    password,
    topicPrefix,
    passwordOf: (principal) => {
      const found = passwords[principal];
      if (found === undefined) throw new TypeError(`no Kafka principal is called ${principal}`);
      return found;
    },
    createTopics: async (names, partitions = partitionsDefault) => {
      const admin = new kafkajs.Kafka({
        clientId: 'test-harness',
        brokers: [...brokers],
        sasl: { mechanism: 'plain', username, password },
        logLevel: kafkajs.logLevel.NOTHING,
      }).admin();
      await admin.connect();
      try {
        const topics = names.map((name) => `${topicPrefix}${name}`);
        await admin.createTopics({
          waitForLeaders: false,
          topics: topics.map((topic) => ({
            topic,
            numPartitions: partitions,
            replicationFactor: 1,
          })),
        });
        for (const topic of topics) await untilLed(admin, topic);
      } finally {
        await admin.disconnect();
      }
    },
  };
}
