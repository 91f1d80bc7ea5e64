import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';

import { newCellId } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import { SecretStore } from '@entrepot/stack';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import type { Admin, KafkaMessage } from 'kafkajs';

import { DrillGround, tablesOfErased } from './drill-ground.ts';

const limitMs = 600_000;
const quietTimeoutMs = 120_000;
const pollMs = 500;
const delayedByMs = 5_000;

interface Told {
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
}

/** What a process could make of somebody who is told of late. */
const keysOf = `SELECT count(*)::int AS "count" FROM vault.subject_key`;
const stateOf = 'SELECT state, wrapped_key FROM vault.subject_key WHERE subject_id = $1';
const parked = `SELECT count(*)::int AS "count" FROM messaging.dead_letter WHERE state = 'parked'`;
/** The provider tells of the payment when its shopper is erased: an event like any other, only late. */
const tellLate = `INSERT INTO messaging.outbox
    (scope, event_id, topic, record_key, aggregate_version, type, version, payload)
  SELECT 'local', $2, 'local.payments.v1', payment_id, 1_000, 'PaymentNoticed', 1,
    jsonb_build_object('paymentId', payment_id, 'orderId', order_id)
  FROM payments.payment WHERE order_id = $1`;
const isHeard = `SELECT FROM messaging.inbox
  WHERE event_id = $1 AND consumer = 'checkout.payment-notices'`;
/** As if the worker had never heard of this payment, had failed at the notice, and somebody asked again. */
const forgetNotice = `WITH notice AS (SELECT * FROM messaging.outbox
    WHERE topic = 'local.payments.v1' AND payload::text LIKE '%' || $1 || '%'),
  unheard AS (DELETE FROM messaging.inbox i USING notice n
    WHERE i.event_id = n.event_id AND i.consumer = 'checkout.payment-notices'),
  unplaced AS (DELETE FROM messaging.stream_position p USING notice n
    WHERE p.record_key = n.record_key AND p.consumer = 'checkout.payment-notices')
  INSERT INTO messaging.dead_letter (consumer, topic, partition, record_offset, event_id, record_key,
    aggregate_version, type, code, attempts, state)
  SELECT 'checkout.payment-notices', topic, 0, 1000000000 + id, event_id, record_key,
    aggregate_version, type, 'HANDLER_FAILED', 1, 'redrive' FROM notice RETURNING id`;
const stillOpen = `SELECT id FROM messaging.dead_letter WHERE id = ANY($1) AND state <> 'resolved'`;

describe('What is told late about an erased person', () => {
  let ground: DrillGround;
  let kafka: Kafka;
  let admin: Admin;

  beforeAll(async () => {
    ground = new DrillGround();
    const { kafkaBrokers, secrets } = ground.home;
    kafka = new Kafka({
      clientId: 'drill',
      brokers: kafkaBrokers.split(','),
      sasl: {
        ...{ mechanism: 'plain', username: 'admin' },
        password: new SecretStore(secrets).read(join('kafka', 'admin')),
      },
      logLevel: logLevel.NOTHING,
    });
    admin = kafka.admin();
    await admin.connect();
  }, limitMs);
  afterAll(async () => {
    await admin.disconnect();
    await ground.close();
  });

  /** Every record of the cell's own topics, from the first offset on. */
  async function everythingTold(): Promise<Told[]> {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith('local.'));
    const ends = new Map<string, bigint>();
    for (const topic of topics) {
      for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
        if (BigInt(high) > BigInt(low)) ends.set(`${topic}/${partition}`, BigInt(high));
      }
    }
    const consumer = kafka.consumer({ groupId: `drill-${process.pid}` });
    const told: Told[] = [];
    const all = Promise.withResolvers<undefined>();
    await consumer.connect();
    await consumer.subscribe({ topics, fromBeginning: true });
    await consumer.run({
      eachMessage: ({ topic, partition, message }) => {
        told.push({ topic, partition, message });
        const name = `${topic}/${partition}`;
        if (BigInt(message.offset) + 1n >= (ends.get(name) ?? 0n)) ends.delete(name);
        if (ends.size === 0) all.resolve(undefined);
        return Promise.resolve();
      },
    });
    if (ends.size > 0) await all.promise;
    await consumer.disconnect();
    return told;
  }

  /** The same bytes once more, as a replay from offset 0 brings them. */
  async function tellAgain(told: readonly Told[]): Promise<void> {
    const producer = kafka.producer();
    await producer.connect();
    for (const { topic, partition, message } of told) {
      const { key, value, headers = {} } = message;
      await producer.send({ topic, acks: -1, messages: [{ key, value, headers, partition }] });
    }
    await producer.disconnect();
  }

  async function until(isSo: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + quietTimeoutMs;
    while (!(await isSo())) {
      if (performance.now() > end) throw new Error('consumers did not take everything in');
      await sleep(pollMs);
    }
  }

  async function recordsBehind(): Promise<bigint> {
    const { groups } = await admin.listGroups();
    let behind = 0n;
    for (const { groupId } of groups.filter((group) => !group.groupId.startsWith('drill-'))) {
      const offsets = await admin.fetchOffsets({ groupId });
      for (const { topic, partitions } of offsets.filter((of) => of.topic.startsWith('local.'))) {
        behind += await recordsBehindOf(topic, partitions);
      }
    }
    return behind;
  }

  async function recordsBehindOf(
    topic: string,
    partitions: readonly { partition: number; offset: string }[],
  ): Promise<bigint> {
    const ends = await admin.fetchTopicOffsets(topic);
    const highs = new Map(ends.map(({ partition, high }) => [partition, BigInt(high)]));
    return partitions
      .filter(({ offset }) => offset !== '-1')
      .reduce((sum, at) => sum + (highs.get(at.partition) ?? 0n) - BigInt(at.offset), 0n);
  }

  /** A hint that waited in Redis while the person was erased. */
  async function delayedJob(requestId: string): Promise<void> {
    const { home } = ground;
    const password = new SecretStore(home.secrets).read(join('redis', 'operator'));
    const connection = new Redis(`redis://operator:${password}@127.0.0.1:${home.redisPort}`, {
      maxRetriesPerRequest: null,
    });
    const queue = new Queue('erasure.drive', { connection, prefix: `${home.id}:jobs` });
    try {
      const options = { delay: delayedByMs, removeOnComplete: true };
      const { id = '' } = await queue.add(queue.name, { requestId }, options);
      await until(async () => (await queue.getJob(id)) === undefined);
    } finally {
      await queue.close();
      connection.disconnect();
    }
  }

  it(
    'T19 is dropped: a replay from offset 0, a redriven letter, a late job; nobody gets a new key',
    async () => {
      const person = ground.newPerson();
      const order = await person.live(await ground.article());
      const subject = await ground.subjectOf(person);
      const { id } = await ground.officers.decide(person.accountId);
      await ground.officers.until(id, 'verified_unreadable');
      const told = await everythingTold();
      expect(told.map(({ message }) => message.key?.toString())).toContain(order.id);
      const before = await Promise.all([
        ground.rows('vault', keysOf),
        ground.rows('vault', stateOf, [subject]),
        ground.rows('shop', parked),
      ]);

      await tellAgain(told);
      const eventId = newCellId('event', ground.home.id as CellId);
      await ground.rows('shop', tellLate, [order.id, eventId]);
      await until(async () => (await ground.rows('shop', isHeard, [eventId])).length === 1);
      await until(async () => (await recordsBehind()) === 0n);
      const letters = (await ground.rows('shop', forgetNotice, [order.id])).map(({ id: of }) => of);
      expect(letters.length).toBeGreaterThan(0);
      await until(async () => (await ground.rows('shop', stillOpen, [letters])).length === 0);
      await delayedJob(id);

      expect(
        await Promise.all([
          ground.rows('vault', keysOf),
          ground.rows('vault', stateOf, [subject]),
          ground.rows('shop', parked),
        ]),
      ).toEqual(before);
      expect(await ground.tablesWith(subject)).toEqual(tablesOfErased);
      const owners = 'SELECT subject_id, address FROM orders."order" WHERE order_id = $1';
      expect(await ground.rows('shop', owners, [order.id])).toEqual([
        { subject_id: null, address: null },
      ]);
      expect((await person.comeBack()).map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    },
    limitMs,
  );
});
