import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defineEvent } from '@entrepot/contracts/events/define-event';
import { field } from '@entrepot/contracts/events/event-fields';
import type { CellId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { Database, Transaction } from '@entrepot/platform-database';
import { Outbox, RelayStore } from '@entrepot/platform-messaging';
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

const ShelfCounted = defineEvent({
  topic: 'local.inventory.v1',
  type: 'ShelfCounted',
  version: 1,
  key: ['shelf'],
  fields: { shelf: field.reference() },
});

const prepareShelves = `
  CREATE SCHEMA spec;
  CREATE TABLE spec.shelf (name text PRIMARY KEY, version bigint NOT NULL DEFAULT 0);
  GRANT USAGE ON SCHEMA spec TO shop_api;
  GRANT SELECT, INSERT, UPDATE ON spec.shelf TO shop_api;
`;
const addShelf = statement('spec.add_shelf', 'INSERT INTO spec.shelf (name) VALUES ($1)');
const lockShelf = statement(
  'spec.lock_shelf',
  'SELECT version FROM spec.shelf WHERE name = $1 FOR UPDATE',
);
const countShelf = statement(
  'spec.count_shelf',
  'UPDATE spec.shelf SET version = version + 1 WHERE name = $1 RETURNING version',
);

describe('Events of one key', () => {
  const outbox = new Outbox('in-1' as CellId);
  const writersCount = 6;
  let counted: TestDatabase<'shop'>;
  let api: Database;
  beforeAll(async () => {
    counted = await testDatabase('shop', { ownServer: 'outbox-order' });
    await withClient(counted.urlFor('superuser'), (client) => client.query(prepareShelves));
    api = counted.open('api', { connectionsMax: writersCount });
  });
  afterAll(() => counted.drop());

  async function count(tx: Transaction, shelf: string): Promise<void> {
    await tx.query(lockShelf, [shelf]);
    const [row] = await tx.query<{ readonly version: bigint }>(countShelf, [shelf]);
    const aggregateVersion = Number(row?.version ?? 0n);
    await outbox.append(tx, [ShelfCounted.of({ shelf }, { aggregateVersion })]);
  }

  /** The versions that a relay would send now; only the first run of many writers is long. */
  async function told(shelf: string): Promise<bigint[]> {
    const store = new RelayStore(counted.open('worker'), 'local');
    const rows = await store.read({ xid: '0', id: 0n }, 10_000);
    const ofShelf = rows.filter(({ recordKey }) => recordKey === shelf);
    return ofShelf.map(({ aggregateVersion }) => aggregateVersion);
  }
  const versions = (last: number) => Array.from({ length: last }, (_, index) => BigInt(index + 1));

  it('are told in their order by a transaction that had its number before it had the lock', async () => {
    await api.execute(addShelf, ['shelf-late']);
    await api.unitOfWork(async (tx) => {
      await tx.execute(addShelf, ['shelf-written-first']);
      await api.unitOfWork((other) => count(other, 'shelf-late'));
      await count(tx, 'shelf-late');
    });
    expect(await told('shelf-late')).toEqual(versions(2));
  });

  // PostgreSQL numbers a transaction that waits for a row when the row's holder ends, and several may
  // then wait for the next version of the row: they get it in another order than their numbers.
  it('are told in their order by writers who wait for each other', async () => {
    const rounds = 50;
    await api.execute(addShelf, ['shelf-wanted']);
    const write = async () => {
      for (let round = 0; round < rounds; round += 1) {
        await api.unitOfWork((tx) => count(tx, 'shelf-wanted'));
      }
    };
    await Promise.all(Array.from({ length: writersCount }, write));
    expect(await told('shelf-wanted')).toEqual(versions(writersCount * rounds));
  });

  it('are ready for the relay as soon as their transaction has ended and nothing else runs', async () => {
    await api.execute(addShelf, ['shelf-alone']);
    await api.unitOfWork(async (tx) => {
      await tx.query(lockShelf, ['shelf-alone']);
      await api.execute(addShelf, ['shelf-newer']);
      await count(tx, 'shelf-alone');
    });
    expect(await told('shelf-alone')).toEqual(versions(1));
  });
});
