import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RelayStore } from '@entrepot/platform-messaging';
import { testDatabase, withClient } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';

let shop: TestDatabase<'shop'>;

/** Transactions of an old day, whose numbers gain a digit: as text, 1000 comes before 999. */
const tellFive = `
  INSERT INTO messaging.outbox (xid, scope, event_id, topic, record_key, aggregate_version, type,
    version, payload)
  SELECT xid::xid8, 'local', 'evt_' || xid, 'local.inventory.v1', 'pool-1', version, 'StockCounted',
    1, '{}'
  FROM (VALUES ('8', 1), ('9', 2), ('10', 3), ('99', 4), ('100', 5)) AS told (xid, version)
`;

beforeAll(async () => {
  shop = await testDatabase('shop');
  await withClient(shop.urlFor('superuser'), (client) => client.query(tellFive));
});
afterAll(() => shop.drop());

describe('The outbox', () => {
  it('is read in the order of its transactions, also where their numbers gain a digit', async () => {
    const store = new RelayStore(shop.open('worker'), 'local');
    const rows = await store.read({ xid: '0', id: 0n }, 500);
    expect(rows.map(({ aggregateVersion }) => aggregateVersion)).toEqual([1n, 2n, 3n, 4n, 5n]);
    expect(rows.map(({ xid }) => xid)).toEqual(['8', '9', '10', '99', '100']);
  });

  it('passes over nothing when it is read in batches', async () => {
    const store = new RelayStore(shop.open('worker'), 'local');
    const told: bigint[] = [];
    let cursor = { xid: '0', id: 0n };
    for (;;) {
      const batch = await store.read(cursor, 2);
      const last = batch.at(-1);
      if (last === undefined) break;
      told.push(...batch.map(({ aggregateVersion }) => aggregateVersion));
      cursor = { xid: last.xid, id: last.id };
    }
    expect(told).toEqual([1n, 2n, 3n, 4n, 5n]);
  });
});
