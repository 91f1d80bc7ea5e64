import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { productDetailView } from '@entrepot/contracts/api/catalog';
import {
  CatalogLoader,
  openCatalogCell,
  openShopWindow,
  testCategories,
  testProduct,
} from '@entrepot/catalog/testing';
import { CatalogDatabase } from '@entrepot/platform-database';
import { testFolder } from '@entrepot/testing';
import pg from 'pg';

import {
  accessOf,
  readClusterRoles,
  startPostgres,
  subscribeToCatalog,
  throwawaySettings,
} from '../src/index.ts';
import type { RunningPostgres } from '../src/index.ts';
import { startCellClusters } from './cell-clusters.ts';
import type { CellClusters } from './cell-clusters.ts';
import { checksums, publishedTables } from './published-tables.ts';

type Cell = Awaited<ReturnType<typeof openCatalogCell>>;
const productCount = 20;
const changeCount = 100;
const replicatedTables = 14;
const folder = testFolder('catalog-follower');
const stopping = new AbortController();
const floors = new Map<string, number>();
const databases: CatalogDatabase[] = [];
const restarted: RunningPostgres[] = [];
let clusters: { readonly leader: CellClusters; readonly follower: CellClusters };
let leader: Cell;
let follower: Cell;
let otherWindow: Awaited<ReturnType<typeof openShopWindow>>;
let productIds: ReadonlyMap<string, string>;
let closeOtherCache: () => void;
let drainLoop: Promise<void>;

const openDatabase = (cell: CellClusters, role: string): CatalogDatabase => {
  const url = cell.clusters.catalog.urlFor(role);
  const database = new CatalogDatabase({ url, connectionsMax: 4, applicationName: role });
  databases.push(database);
  return database;
};

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds().catch(() => false))) await delay(2);
}

/** What a worker does; a cluster that is down at the moment is tried again. */
async function drainForever(cell: Cell): Promise<void> {
  while (!stopping.signal.aborted) {
    await cell.drain.execute().catch(() => undefined);
    await delay(20);
  }
}

async function productAt(app: Cell['app'], n: number) {
  const answer = await app.inject({ method: 'GET', url: `/v1/products/product-${n}` });
  expect(answer.statusCode).toBe(200);
  return productDetailView.parse(answer.json());
}

async function setPrice(n: number, amountMinor: number): Promise<number> {
  const path = `/admin/v1/products/${productIds.get(`product-${n}`)}/variants/TEST-${n}-small`;
  const body = { currency: 'EUR', amountMinor };
  const answer = await leader.edit('PUT', `${path}/prices/eu/web`, body);
  expect(answer.statusCode).toBe(200);
  return answer.json<{ version: number }>().version;
}

beforeAll(async () => {
  const only = ['catalog'] as const;
  clusters = {
    leader: await startCellClusters({ cell: 'in-1', isLeader: true, folder, only }),
    follower: await startCellClusters({ cell: 'eu-1', isLeader: false, folder, only }),
  };
  const database = openDatabase(clusters.leader, 'catalog_api');
  const worker = openDatabase(clusters.leader, 'catalog_worker');
  leader = await openCatalogCell({ cell: 'in-1', api: database, worker });
  const loader = new CatalogLoader(database);
  await loader.loadCategories(testCategories);
  await loader.loadProducts(Array.from({ length: productCount }, (_, n) => testProduct(n)));
  const { catalog } = clusters.leader.clusters;
  await subscribeToCatalog({
    cell: 'eu-1',
    followerOwnerUrl: clusters.follower.clusters.catalog.urlFor('catalog_owner'),
    leader: { host: '127.0.0.1', port: catalog.server.port, database: 'catalog' },
    login: {
      role: 'catalog_replication',
      password: new URL(catalog.urlFor('catalog_replication')).password,
    },
  });
  follower = await openCatalogCell({
    cell: 'eu-1',
    api: openDatabase(clusters.follower, 'catalog_api'),
    worker: openDatabase(clusters.follower, 'catalog_worker'),
    onRaised: (raised) => raised.forEach(({ subject, version }) => floors.set(subject, version)),
  });
  const cache = follower.openCache();
  closeOtherCache = () => cache.close();
  await until(() => Promise.resolve(cache.memory !== undefined));
  const { context } = follower;
  otherWindow = await openShopWindow({ context, database: follower.database, cache });
  drainLoop = drainForever(follower);
  const client = new pg.Client({ connectionString: catalog.urlFor('catalog_api') });
  await client.connect();
  const { rows } = await client.query<{ slug: string; id: string }>(
    'SELECT slug, id FROM catalog.product',
  );
  await client.end();
  productIds = new Map(rows.map(({ slug, id }) => [slug, id]));
  await until(async () => {
    const page = await follower.get('/v1/products?limit=100');
    return page.json<{ items: unknown[] }>().items.length === productCount;
  });
}, 240_000);

afterAll(async () => {
  stopping.abort();
  await drainLoop;
  await leader.close();
  await follower.close();
  await otherWindow.close();
  closeOtherCache();
  await Promise.all(databases.map((database) => database.close()));
  await Promise.all(restarted.map((server) => server.stop()));
  await clusters.follower.stop();
  await clusters.leader.stop();
});

describe('a follower of the catalog', () => {
  it('shows a price changed at the leader, caches included, and nothing below a floor', async () => {
    const readers = new AbortController();
    let reads = 0;
    const readForever = async (app: Cell['app']) => {
      while (!readers.signal.aborted) {
        const n = reads % productCount;
        const floor = floors.get(`product ${productIds.get(`product-${n}`)}`) ?? 0;
        expect((await productAt(app, n)).version).toBeGreaterThanOrEqual(floor);
        reads += 1;
        // the readers share this process with the writer and the drain
        await delay(1);
      }
    };
    const watching = [follower.app, otherWindow, follower.app, otherWindow].map(readForever);
    const delaysMs: number[] = [];
    for (let change = 0; change < changeCount; change += 1) {
      const n = change % productCount;
      const version = await setPrice(n, 5_000 + change);
      const startedAt = performance.now();
      await until(async () => (await productAt(follower.app, n)).version >= version);
      delaysMs.push(performance.now() - startedAt);
      expect((await productAt(follower.app, n)).variants[0]?.price.amountMinor).toBe(
        5_000 + change,
      );
    }
    readers.abort();
    await Promise.all(watching);
    const sorted = delaysMs.toSorted((a, b) => a - b).map((ms) => Math.round(ms));
    process.stdout.write(
      `price at leader → shown at follower, ${changeCount} changes, ${reads} reads beside: ` +
        `p50 ${sorted[49]} ms, p99 ${sorted[98]} ms, max ${sorted[99]} ms\n`,
    );
    expect(reads).toBeGreaterThan(changeCount);
  }, 120_000);

  it('refuses to be written by anyone but the leader', async () => {
    const client = new pg.Client({
      connectionString: clusters.follower.clusters.catalog.urlFor('catalog_api'),
    });
    await client.connect();
    const write = client.query('UPDATE catalog.product SET version = version + 1');
    await expect(write).rejects.toThrow('follows the catalog leader');
    await client.end();
  });

  it('loses no row when its cluster is killed under catalog writes', async () => {
    const { server } = clusters.follower.clusters.catalog;
    const dataFolder = join(folder, 'eu-1', 'catalog', 'data');
    const write = async (from: number) => {
      for (let change = from; change < from + 100; change += 1) {
        await setPrice(change % productCount, 7_000 + change);
      }
    };
    const writing = write(0);
    await delay(100);
    const postmaster = Number(
      readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')[0],
    );
    process.kill(postmaster, 'SIGKILL');
    await server.exited;
    await writing;
    await write(100);
    const revive = async () => {
      restarted.push(
        await startPostgres({
          name: 'eu-1 catalog',
          folder: join(folder, 'eu-1', 'catalog'),
          superuser: readClusterRoles('catalog').superuser,
          access: accessOf('catalog', { isLeader: false }),
          settings: throwawaySettings,
          port: server.port,
        }),
      );
      return true;
    };
    // the children of the killed server hold its shared memory for a moment
    await until(revive);
    const tables = await publishedTables(clusters.leader);
    expect(tables).toHaveLength(replicatedTables);
    const atLeader = await checksums(clusters.leader, tables);
    const prices = 'catalog.price';
    await until(async () => {
      return (await checksums(clusters.follower, tables))[prices] === atLeader[prices];
    });
    expect(await checksums(clusters.follower, tables)).toEqual(atLeader);
    const last = 7_000 + 199;
    await until(async () => {
      const shown = await productAt(follower.app, 199 % productCount);
      return shown.variants[0]?.price.amountMinor === last;
    });
  }, 120_000);
});
