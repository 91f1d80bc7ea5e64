import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import kafkajs from 'kafkajs';

import { testKafka, testKms, testRedis } from '@entrepot/testing';

describe('the services of a test run', () => {
  it('starts Redis once and gives every caller keys of its own', async () => {
    const [first, second] = [await testRedis(), await testRedis()];
    expect(second.url).toBe(first.url);
    expect(second.keyPrefix).not.toBe(first.keyPrefix);
    const redis = new Redis(first.url);
    expect(await redis.set(`${first.keyPrefix}a`, 'b')).toBe('OK');
    redis.disconnect();
  });

  it('starts a broker and creates topics under the prefix of the suite', async () => {
    const kafka = await testKafka();
    await kafka.createTopics(['local.orders.v1']);
    const admin = new kafkajs.Kafka({
      brokers: [...kafka.brokers],
      sasl: { mechanism: 'plain', username: kafka.username, password: kafka.password },
    }).admin();
    await admin.connect();
    expect(await admin.listTopics()).toContain(`${kafka.topicPrefix}local.orders.v1`);
    await admin.disconnect();
  });

  it('starts a KMS emulator per cell, in the region of the cell', async () => {
    const [india, europe] = [await testKms({ cell: 'in-1' }), await testKms({ cell: 'eu-1' })];
    expect(india.awsRegion).toBe('ap-south-1');
    expect(europe.awsRegion).toBe('eu-central-1');
    expect(europe.endpoint).not.toBe(india.endpoint);
    expect((await fetch(`${europe.endpoint}/health`)).status).toBe(200);
  });
});
