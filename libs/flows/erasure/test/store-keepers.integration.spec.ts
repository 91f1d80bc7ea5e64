import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DeadLetters, KafkaTopics, RedisKeySpaces } from '@entrepot/flow-erasure';
import { newCellId } from '@entrepot/kernel';
import type { CellId, SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import { KafkaEventLog, KafkaTopicScan } from '@entrepot/platform-messaging';
import { testDatabase, testKafka, testRedis } from '@entrepot/testing';
import type { TestDatabase, TestKafka, TestRedis } from '@entrepot/testing';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';

const cell = 'in-1' as CellId;
const newSubject = (): SubjectId => newCellId('subject', cell);

let shop: TestDatabase<'shop'>;
let kafka: TestKafka;
let redis: TestRedis;
beforeAll(async () => {
  [shop, kafka, redis] = await Promise.all([
    testDatabase('shop', { cell }),
    testKafka(),
    testRedis(),
  ]);
});
afterAll(() => shop.drop());

describe('dead letters', () => {
  const park = statement(
    'spec.park_letter',
    `INSERT INTO messaging.dead_letter (consumer, topic, partition, record_offset, event_id, record_key,
       aggregate_version, type, code, envelope, attempts)
     VALUES ('probe', 'local.orders.v1', 0, $1, 'evt', $2, 1, 'Probe', 'PROBE', $3, 1)`,
  );
  const letters = statement(
    'spec.letters',
    `SELECT record_offset::int AS "offset", state, record_key AS "key", envelope
     FROM messaging.dead_letter ORDER BY record_offset`,
  );

  it('that came late and name the person are discarded, and no others', async () => {
    const [subject, other] = [newSubject(), newSubject()];
    const worker = shop.open('worker');
    await worker.execute(park, [1, subject, null]);
    await worker.execute(park, [2, 'ord_x', JSON.stringify({ who: subject })]);
    await worker.execute(park, [3, other, null]);
    const keeper = new DeadLetters(worker);
    expect(await keeper.purge(subject)).toEqual([
      { store: 'messaging.dead_letter', matched: 2, deleted: 2, left: 0 },
      { store: 'messaging.outbox', matched: 0, deleted: 0, left: 0 },
    ]);
    expect(await keeper.purge(subject)).toMatchObject([{ matched: 0 }, { matched: 0 }]);
    expect(await shop.open('superuser').query(letters)).toEqual([
      { offset: 1, state: 'discarded', key: null, envelope: null },
      { offset: 2, state: 'discarded', key: null, envelope: null },
      { offset: 3, state: 'parked', key: other, envelope: null },
    ]);
  });
});

describe('jobs', () => {
  it('that name the person in what they carry, log or plan are removed', async () => {
    const [subject, other] = [newSubject(), newSubject()];
    const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
    const prefix = `${redis.keyPrefix}jobs`;
    const queue = new Queue('probe', { connection, prefix });
    await queue.add('waits', { of: subject });
    await queue.add('is delayed', { of: subject }, { delay: 3_600_000 });
    const logged = await queue.add('logs', { of: 'nobody' });
    await logged.log(`did something for ${subject}`);
    await queue.upsertJobScheduler('plans', { every: 3_600_000 }, { data: { of: subject } });
    const kept = await queue.add('stays', { of: other });
    const keeper = new RedisKeySpaces({
      url: redis.url,
      spaces: [{ name: 'all', prefix: '' }],
    });
    const outcomes = await keeper.purge(subject);
    const found = outcomes.find(({ store }) => store === 'bullmq:probe');
    expect(found).toMatchObject({ left: 0 });
    expect(found?.matched).toBeGreaterThanOrEqual(4);
    const left = await queue.getJobs(['wait', 'delayed']);
    expect(left.map(({ id }) => id)).toEqual([kept.id]);
    expect(await queue.getJobSchedulers()).toEqual([]);
    await queue.close();
    connection.disconnect();
  });
});

describe('topics', () => {
  const name = 'local.orders.v1';

  /** The broker is shared by test runs: what others have there is not looked at. */
  function keeperFor(kind: 'expires' | 'stays'): KafkaTopics {
    const scan = new KafkaTopicScan({
      ...kafka,
      clientId: 'spec',
      groupPrefix: 'worker.erasure-scan.',
    });
    const own = {
      topics: async () =>
        (await scan.topics()).filter((topic) => topic.startsWith(kafka.topicPrefix)),
      look: scan.look.bind(scan),
    };
    const known = [{ name, kind }];
    return new KafkaTopics({ scan: own, known, prefix: kafka.topicPrefix, peers: [] });
  }

  it('are read whole, what names the person is counted, and an unknown one is told', async () => {
    const subject = newSubject();
    const topic = `${kafka.topicPrefix}${name}`;
    await kafka.createTopics([name], 2);
    const log = new KafkaEventLog({ ...kafka, clientId: 'spec' });
    const record = (key: string, value: string) => ({
      ...{ topic: name, key, value: Buffer.from(value) },
    });
    await log.append([
      ...Array.from({ length: 50 }, (_, index) => record(`ord_${index}`, '{}')),
      record('ord_1', JSON.stringify({ who: subject })),
      record(subject, '{}'),
    ]);
    await log.close();
    expect(await keeperFor('expires').purge(subject)).toEqual([
      { store: `kafka:${topic}`, matched: 2, deleted: 0, left: 2, leftReason: 'EXPIRES_BY_AGE' },
    ]);
    expect(await keeperFor('expires').purge(newSubject())).toMatchObject([{ matched: 0, left: 0 }]);
    // where nothing ever goes, nothing of the person may lie
    await expect(keeperFor('stays').purge(subject)).rejects.toMatchObject({
      ...{ code: 'ERASURE_ROWS_LEFT', store: `kafka:${topic}` },
    });
    await kafka.createTopics(['local.wishes.v1']);
    await expect(keeperFor('expires').purge(subject)).rejects.toMatchObject({
      ...{ code: 'ERASURE_STORE_UNKNOWN', store: `kafka:${kafka.topicPrefix}local.wishes.v1` },
    });
  });
});
