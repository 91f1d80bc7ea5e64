import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CatalogLoader, testCategories, testProduct } from '@entrepot/catalog/testing';
import { CatalogDatabase } from '@entrepot/platform-database';
import { testFolder } from '@entrepot/testing';
import pg from 'pg';

import { copyCatalogAnew, FaultProxy, subscribeToCatalog } from '../src/index.ts';
import { startCellClusters } from './cell-clusters.ts';
import type { CellClusters } from './cell-clusters.ts';
import { checksums, publishedTables } from './published-tables.ts';

const productCount = 12;
const slot = 'catalog_eu_1';
const role = 'catalog_replication';
let leader: CellClusters;
let follower: CellClusters;
let proxy: FaultProxy;
let database: CatalogDatabase;

const sql = async <Row extends pg.QueryResultRow>(url: string, text: string) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
};
const atLeader = <Row extends pg.QueryResultRow>(text: string) =>
  sql<Row>(leader.clusters.catalog.server.urlFor('catalog'), text);
const atFollower = <Row extends pg.QueryResultRow>(text: string) =>
  sql<Row>(follower.clusters.catalog.server.urlFor('catalog'), text);

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(20);
}

const subscription = () => {
  const { catalog } = leader.clusters;
  return {
    cell: 'eu-1',
    leader: { host: '127.0.0.1', port: proxy.port, database: 'catalog' },
    login: { role, password: new URL(catalog.urlFor(role)).password },
  };
};
const subscribe = () =>
  subscribeToCatalog({
    ...subscription(),
    followerOwnerUrl: follower.clusters.catalog.urlFor('catalog_owner'),
  });
const copyAnew = () =>
  copyCatalogAnew({
    subscription: subscription(),
    followerUrl: follower.clusters.catalog.server.urlFor('catalog'),
  });
const raise = (n: number) =>
  atLeader(
    `UPDATE catalog.product SET version = version + 1, position = position + 1000
      WHERE slug = 'product-${n}'`,
  );
const isSame = async () => {
  const tables = await publishedTables(leader);
  const [one, other] = [await checksums(leader, tables), await checksums(follower, tables)];
  return JSON.stringify(one) === JSON.stringify(other);
};
const applyErrors = async () =>
  (
    await atFollower<{ errors: number }>(
      'SELECT apply_error_count::int AS errors FROM pg_stat_subscription_stats',
    )
  )[0]?.errors;
const slotStatus = async () =>
  (
    await atLeader<{ status: string }>(
      `SELECT wal_status AS status FROM pg_replication_slots WHERE slot_name = '${slot}'`,
    )
  )[0]?.status;

/** More log than the leader keeps for a follower that is away. */
async function loseTheSlot(): Promise<void> {
  await atLeader(`ALTER SYSTEM SET max_slot_wal_keep_size = '16MB'`);
  await atLeader('SELECT pg_reload_conf()');
  while ((await slotStatus()) !== 'lost') {
    await atLeader('CREATE TABLE IF NOT EXISTS public.noise (n int)');
    await atLeader('INSERT INTO public.noise VALUES (1)');
    await atLeader('SELECT pg_switch_wal()');
    await atLeader('CHECKPOINT');
  }
}

beforeAll(async () => {
  const folder = testFolder('catalog-copy');
  const only = ['catalog'] as const;
  leader = await startCellClusters({ cell: 'in-1', isLeader: true, folder, only });
  follower = await startCellClusters({ cell: 'eu-1', isLeader: false, folder, only });
  const { catalog } = leader.clusters;
  proxy = await FaultProxy.start({
    name: 'in-1.catalog-replication',
    port: 0,
    targets: [catalog.server.port],
  });
  database = new CatalogDatabase({
    url: catalog.urlFor('catalog_api'),
    connectionsMax: 2,
    applicationName: 'catalog-copy',
  });
  const loader = new CatalogLoader(database);
  await loader.loadCategories(testCategories);
  await loader.loadProducts(Array.from({ length: productCount }, (_, n) => testProduct(n)));
  expect(await subscribe()).toBe('subscribed');
  await until(isSame);
}, 240_000);

afterAll(async () => {
  await database.close();
  await proxy.close();
  await follower.stop();
  await leader.stop();
});

describe('a follower whose slot the leader gave up', () => {
  it('stays behind when its link is open again', async () => {
    proxy.cut();
    await raise(3);
    await new CatalogLoader(database).loadProducts([testProduct(productCount)]);
    await loseTheSlot();
    proxy.heal();
    expect(await isSame()).toBe(false);
    expect(await slotStatus()).toBe('lost');
  }, 120_000);

  it('is told where the trouble is while the leader cannot be reached, and nothing is changed', async () => {
    proxy.cut();
    await expect(copyAnew()).rejects.toThrow('The catalog leader cannot be reached');
    proxy.heal();
    const [row] = await atFollower<{ name: string }>(
      'SELECT subslotname AS name FROM pg_subscription WHERE subenabled',
    );
    expect(row?.name).toBe(slot);
  });

  it('takes over what differs and nothing else', async () => {
    await atFollower('DELETE FROM catalog_local.catalog_dirty');
    const ids = await atLeader<{ id: string }>(
      `SELECT id FROM catalog.product WHERE slug IN ('product-3', 'product-${productCount}')`,
    );
    const copied = await copyAnew();
    expect(await isSame()).toBe(true);
    const products = copied.find(({ table }) => table === 'catalog.product');
    expect(products).toEqual({ table: 'catalog.product', removed: 1, added: 2 });
    const dirty = await atFollower<{ id: string }>(
      'SELECT DISTINCT product_id AS id FROM catalog_local.catalog_dirty',
    );
    const marked = dirty.map(({ id }) => id).filter((id) => id !== 'categories');
    expect(new Set(marked)).toEqual(new Set(ids.map(({ id }) => id)));
  });

  it('replicates on from the instant of the copy, and is still closed to other writers', async () => {
    await raise(5);
    await until(isSame);
    await expect(
      sql(
        follower.clusters.catalog.urlFor('catalog_api'),
        'UPDATE catalog.product SET version = version + 1',
      ),
    ).rejects.toThrow('follows the catalog leader');
  });

  it('loses no change that is made while it copies', async () => {
    const before = await applyErrors();
    const writing = new AbortController();
    const write = async () => {
      for (let n = 0; !writing.signal.aborted; n += 1) await raise(n % productCount);
    };
    const written = write();
    await copyAnew();
    await copyAnew();
    writing.abort();
    await written;
    await until(isSame);
    expect(await applyErrors()).toBe(before);
  });

  it('is mended by a second run when the first was killed after it had taken the slot', async () => {
    await atFollower(`ALTER SUBSCRIPTION ${slot} DISABLE`);
    await atFollower(`ALTER SUBSCRIPTION ${slot} SET (slot_name = NONE)`);
    await raise(7);
    expect(await subscribe()).toBe('detached');
    await copyAnew();
    expect(await subscribe()).toBe('subscribed');
    await raise(8);
    await until(isSame);
  });
});
