import type { KafkaConfig } from '@entrepot/platform-config';
import kafkajs from 'kafkajs';

const connectTimeoutMs = 3_000;
const requestTimeoutMs = 5_000;
const retry = { retries: 3, initialRetryTime: 200 };

/** The id of the cluster that the brokers belong to, as they say it themselves. */
export async function readKafkaClusterId(config: KafkaConfig, clientId: string): Promise<string> {
  const { username, password } = config;
  const kafka = new kafkajs.Kafka({
    clientId,
    brokers: [...config.brokers],
    sasl: { mechanism: 'plain', username, password },
    connectionTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    retry,
    // what goes wrong is thrown; kafkajs would print it a second time
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).clusterId;
  } finally {
    await admin.disconnect();
  }
}
