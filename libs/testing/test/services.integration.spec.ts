import { CreateKeyCommand, DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import kafkajs from 'kafkajs';

import { testKafka, testKms, testRedis } from '@entrepot/testing';
import type { TestKms } from '@entrepot/testing';

const kmsClientOf = (kms: TestKms): KMSClient =>
  new KMSClient({
    endpoint: kms.endpoint,
    region: kms.awsRegion,
    credentials: kms.credentialsFor('administrator'),
    maxAttempts: 1,
  });

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

  it('gives a suite a KMS emulator of its own, with faults, AWS rates and an audit', async () => {
    const shared = await testKms();
    await expect(shared.setFaults({ unavailable: { seconds: 60 } })).rejects.toThrow('of its own');
    await expect(testKms({ rates: 'aws' })).rejects.toThrow('of its own');
    const own = await testKms({ ownServer: 'services', rates: 'aws' });
    expect(own.endpoint).not.toBe(shared.endpoint);

    const kms = kmsClientOf(own);
    const settled = await Promise.allSettled(
      Array.from({ length: 40 }, () => kms.send(new CreateKeyCommand({}))),
    );
    const refused = settled.filter(
      ({ status }) => status === 'rejected',
    ) as PromiseRejectedResult[];
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ reason }) => (reason as Error).name))).toEqual(
      new Set(['ThrottlingException']),
    );
    const made = settled.find((call) => call.status === 'fulfilled');
    const KeyId = made?.value.KeyMetadata?.KeyId ?? '';

    const describeKey = () => kms.send(new DescribeKeyCommand({ KeyId }));
    await own.setFaults({ unavailable: { seconds: 60 } });
    await expect(describeKey()).rejects.toMatchObject({ name: 'KMSInternalException' });
    await own.clearFaults();
    await expect(describeKey()).resolves.toBeDefined();
    expect(
      (await own.audit(KeyId)).map(({ eventName, errorCode }) => [eventName, errorCode]),
    ).toEqual([
      ['CreateKey', undefined],
      ['DescribeKey', 'KMSInternalException'],
      ['DescribeKey', undefined],
    ]);
    kms.destroy();
  });
});
