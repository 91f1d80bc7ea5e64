import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testFolder } from '@entrepot/testing';
import pg from 'pg';

import {
  asRole,
  catalogPublication,
  catalogReplicationStatus,
  FaultProxy,
  subscribeToCatalog,
  unconfirmedBytes,
} from '../src/index.ts';
import { startCellClusters } from './cell-clusters.ts';
import type { CellClusters, StartedCluster } from './cell-clusters.ts';
import { replicationAnswer } from './replication-session.ts';

const role = 'catalog_replication';
const canaries = { shop: 'canary-of-the-shop', vault: 'canary-of-the-vault' };
const productId = `prd_${'0'.repeat(26)}`;

async function run<Row extends pg.QueryResultRow>(url: string, text: string, values?: unknown[]) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('the catalog replication role', () => {
  let leader: CellClusters;
  let follower: CellClusters;
  let proxy: FaultProxy;
  const passwordOf = (cluster: StartedCluster) => new URL(cluster.urlFor(role)).password;

  beforeAll(async () => {
    const folder = testFolder('catalog-replication');
    leader = await startCellClusters({ cell: 'in-1', isLeader: true, folder });
    follower = await startCellClusters({
      cell: 'eu-1',
      isLeader: false,
      folder,
      only: ['catalog'],
    });
    const { port } = leader.clusters.catalog.server;
    proxy = await FaultProxy.start({ name: 'in-1.catalog-replication', port: 0, targets: [port] });
    for (const [cluster, canary] of Object.entries(canaries) as ['shop' | 'vault', string][]) {
      const owner = leader.clusters[cluster].urlFor(`${cluster}_owner`);
      await run(owner, 'CREATE TABLE cell.canary (word text)');
      await run(owner, 'INSERT INTO cell.canary VALUES ($1)', [canary]);
    }
  });
  afterAll(async () => {
    await proxy.close();
    await follower.stop();
    await leader.stop();
  });

  const subscribe = () =>
    subscribeToCatalog({
      cell: 'eu-1',
      followerOwnerUrl: follower.clusters.catalog.urlFor('catalog_owner'),
      leader: { host: '127.0.0.1', port: proxy.port, database: 'catalog' },
      login: { role, password: passwordOf(leader.clusters.catalog) },
    });
  const productsAtFollower = () =>
    run<{ slug: string; version: number }>(
      follower.clusters.catalog.urlFor('catalog_api'),
      'SELECT slug, version::int FROM catalog.product',
    );

  it('carries rows to a follower, the first copy and what comes after', async () => {
    const owner = leader.clusters.catalog.urlFor('catalog_owner');
    const category = `cat_${'0'.repeat(26)}`;
    await run(owner, 'INSERT INTO catalog.category (id, slug, position) VALUES ($1, $2, 1)', [
      category,
      'tea',
    ]);
    await run(
      owner,
      `INSERT INTO catalog.product (id, slug, status, category_id, position, version, updated_at)
       VALUES ($1, 'assam', 'ACTIVE', $2, 1, 1, now())`,
      [productId, category],
    );
    await subscribe();
    await until(async () => (await productsAtFollower()).length === 1);
    await run(owner, 'UPDATE catalog.product SET version = 2 WHERE id = $1', [productId]);
    await until(async () => (await productsAtFollower())[0]?.version === 2);
    const status = await catalogReplicationStatus(
      follower.clusters.catalog.urlFor('catalog_audit'),
      'eu-1',
    );
    expect(status).toMatchObject({ isConnected: true, applyErrors: 0 });
    const bytes = await unconfirmedBytes(leader.clusters.catalog.urlFor('catalog_owner'), 'eu-1');
    expect(bytes).toBeDefined();
  });

  it('applies synchronously and keeps its slot across a failover', async () => {
    const superuser = follower.clusters.catalog.server.urlFor('catalog');
    const [row] = await run(
      superuser,
      'SELECT subsynccommit, subfailover, suborigin FROM pg_subscription',
    );
    expect(row).toEqual({ subsynccommit: 'on', subfailover: true, suborigin: 'none' });
  });

  it('catches up after its link was cut', async () => {
    proxy.cut();
    const owner = leader.clusters.catalog.urlFor('catalog_owner');
    await run(owner, 'UPDATE catalog.product SET version = 3 WHERE id = $1', [productId]);
    expect((await productsAtFollower())[0]?.version).toBe(2);
    proxy.heal();
    await until(async () => (await productsAtFollower())[0]?.version === 3);
  });

  it('subscribes again without a second subscription', async () => {
    await subscribe();
    const superuser = follower.clusters.catalog.server.urlFor('catalog');
    expect(await run(superuser, 'SELECT FROM pg_subscription')).toHaveLength(1);
  });

  describe('with every command of the replication protocol', () => {
    const commands = [
      'IDENTIFY_SYSTEM',
      'SHOW data_directory',
      'SHOW synchronous_standby_names',
      'TIMELINE_HISTORY 1',
      'READ_REPLICATION_SLOT catalog_eu_1',
      "BASE_BACKUP (LABEL 'spec', CHECKPOINT 'fast', MANIFEST 'yes', WAL true)",
      'CREATE_REPLICATION_SLOT spec_physical PHYSICAL RESERVE_WAL',
      'START_REPLICATION SLOT spec_physical PHYSICAL 0/1000000',
      'START_REPLICATION PHYSICAL 0/1000000',
      'CREATE_REPLICATION_SLOT spec_pgoutput LOGICAL pgoutput',
      'CREATE_REPLICATION_SLOT spec_test_decoding LOGICAL test_decoding',
      "START_REPLICATION SLOT spec_pgoutput LOGICAL 0/0 (proto_version '4', " +
        `publication_names '${catalogPublication}')`,
      'START_REPLICATION SLOT spec_test_decoding LOGICAL 0/0',
      'ALTER_REPLICATION_SLOT spec_pgoutput (FAILOVER true)',
      'DROP_REPLICATION_SLOT spec_pgoutput',
      'DROP_REPLICATION_SLOT spec_test_decoding',
      'DROP_REPLICATION_SLOT spec_physical',
      'SELECT * FROM pg_read_file($$/etc/passwd$$)',
      'SELECT rolname, rolpassword FROM pg_authid',
      'SELECT subconninfo FROM pg_subscription',
    ];

    it('obtains nothing of shop or vault over a connection to the catalog', async () => {
      const url = leader.clusters.catalog.urlFor(role);
      let bytesSeen = 0;
      const refused: string[] = [];
      for (const command of commands) {
        const answer = await replicationAnswer({ url, mode: 'database', command });
        for (const canary of Object.values(canaries)) {
          expect({ command, found: answer.bytes.includes(canary) }).toEqual({
            command,
            found: false,
          });
        }
        bytesSeen += answer.bytes.length;
        if (answer.error !== undefined) refused.push(command);
      }
      // the base backup alone is a whole cluster: had it not come, the search would prove nothing
      expect(bytesSeen).toBeGreaterThan(20_000_000);
      expect(refused).toEqual(
        expect.arrayContaining([
          'SELECT * FROM pg_read_file($$/etc/passwd$$)',
          'SELECT rolname, rolpassword FROM pg_authid',
        ]),
      );
    });

    it('would find a canary of the catalog, so the search can find one', async () => {
      const answer = await replicationAnswer({
        url: leader.clusters.catalog.urlFor(role),
        mode: 'database',
        command: "BASE_BACKUP (CHECKPOINT 'fast', WAL true)",
      });
      expect(answer.bytes.includes('assam')).toBe(true);
    });

    it('is refused the physical protocol, every other database and every other cluster', async () => {
      const { catalog, shop, vault } = leader.clusters;
      const password = passwordOf(catalog);
      const attempts = [
        { url: catalog.urlFor(role), mode: 'true' as const },
        { url: catalog.urlFor(role, 'postgres'), mode: 'database' as const },
        ...[shop, vault, follower.clusters.catalog].flatMap((other) =>
          (['true', 'database', 'off'] as const).flatMap((mode) => [
            { url: asRole(other.server.urlFor('catalog'), role, password), mode },
            { url: asRole(other.server.urlFor('shop'), role, password), mode },
            { url: asRole(other.server.urlFor('vault'), role, password), mode },
          ]),
        ),
      ];
      for (const attempt of attempts) {
        const answer = await replicationAnswer({ ...attempt, command: 'IDENTIFY_SYSTEM' });
        expect(answer.error).toBe('28000');
        expect(answer.bytes).toHaveLength(0);
      }
    });
  });
});
