import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KafkaEventLog, readOutboxLag, RelayStore } from '@entrepot/platform-messaging';
import { testDatabase, testKafka, withClient } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';

const tellTwo = `
  INSERT INTO messaging.outbox (xid, scope, event_id, topic, record_key, aggregate_version, type,
    version, payload, created_at)
  VALUES
    ('5', 'local', 'evt_5', 'local.orders.v1', 'ord_1', 1, 'OrderClosed', 1, '{}', now() - interval '1 hour'),
    ('6', 'local', 'evt_6', 'local.orders.v1', 'ord_1', 2, 'OrderClosed', 1, '{}', now() - interval '1 minute')
`;

describe('The lag of the outbox', () => {
  let shop: TestDatabase<'shop'>;
  beforeAll(async () => {
    shop = await testDatabase('shop');
    await withClient(shop.urlFor('superuser'), (client) => client.query(tellTwo));
  });
  afterAll(() => shop.drop());

  it('is the age of the oldest event that was not relayed, to every process that shows it', async () => {
    const worker = shop.open('worker');
    const store = new RelayStore(worker, 'local');
    const [first, second] = await store.read({ xid: '0', id: 0n }, 10);
    const lease = await store.take(60);
    if (first === undefined || second === undefined || lease === undefined) throw new Error('none');
    expect(await readOutboxLag(worker, 'local')).toBeGreaterThanOrEqual(3_600);
    await store.advance(lease, first);
    const lag = await readOutboxLag(shop.open('api'), 'local');
    expect(lag).toBeGreaterThanOrEqual(60);
    expect(lag).toBeLessThan(3_600);
    await store.advance(lease, second);
    expect(await readOutboxLag(worker, 'local')).toBe(0);
    expect(await readOutboxLag(shop.open('border'), 'global')).toBe(0);
  });

  it('shows the API no word of an event', async () => {
    const ask = withClient(shop.urlFor('api'), (client) =>
      client.query('SELECT payload FROM messaging.outbox'),
    );
    await expect(ask).rejects.toMatchObject({ code: '42501' });
  });
});

describe('The lag of a consumer', () => {
  it('counts the records that its group has not committed', async () => {
    const { brokers, username, password, topicPrefix, ...kafka } = await testKafka();
    await kafka.createTopics(['local.orders.v1'], 2);
    const login = { brokers, username, password, topicPrefix };
    const log = new KafkaEventLog({ ...login, clientId: 'lag-spec' });
    const reading = { group: 'worker.spec.lag', topics: ['local.orders.v1'] };
    expect(await log.lagOf(reading)).toBe(0);
    const record = (key: string) => ({ topic: 'local.orders.v1', key, value: Buffer.from('{}') });
    await log.append(['a', 'b', 'c', 'd', 'e'].map(record));
    expect(await log.lagOf(reading)).toBe(5);

    const { promise, resolve } = Promise.withResolvers<undefined>();
    let left = 5;
    const subscription = await log.subscribe({ ...reading, partitionsConcurrently: 1 }, () => {
      left -= 1;
      if (left === 0) resolve(undefined);
      return Promise.resolve();
    });
    await promise;
    await subscription.stop();
    expect(await log.lagOf(reading)).toBe(0);
    await log.close();
  });
});
