import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { statement, type ShopDatabase, type Statement } from '@entrepot/platform-database';
import { Metrics } from '@entrepot/platform-telemetry';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import { PgCensusTaker, sumInTransit, sumPage } from '../src/adapters/pg-census-taker.ts';
import { exposeCensus } from '../src/adapters/stock-metrics.ts';
import { censusChannelsMax, TakeCensus } from '../src/application/take-census.ts';
import { europe, india } from './cells-under-test.ts';

const pools = 100_000;
const poolsMax = 5_000;
const openChannels = 10;

const fill = [
  statement(
    'inventory_test.fill_pools',
    `INSERT INTO inventory.stock_pool (pool_id, sku, warehouse, home_cell)
     SELECT 'blr/p' || n, 'p' || n, 'blr', 'in-1' FROM generate_series(1, ${pools}) n`,
  ),
  statement(
    'inventory_test.fill_escrow',
    `INSERT INTO inventory.escrow (pool_id, minted, free, held, granted)
     SELECT 'blr/p' || n, 10, 7, 2, 1 FROM generate_series(1, ${pools}) n`,
  ),
  statement(
    'inventory_test.fill_channels',
    `INSERT INTO inventory.quota_channel (pool_id, peer, granted_total, peer_acked_total, changed_at)
     SELECT 'blr/p' || n, 'eu-1', 1, CASE WHEN n <= ${openChannels} THEN 0 ELSE 1 END,
       clock_timestamp() - CASE WHEN n = 3 THEN interval '90 s' ELSE interval '5 s' END
     FROM generate_series(1, ${pools}) n`,
  ),
  statement('inventory_test.analyze', 'ANALYZE inventory.escrow, inventory.quota_channel'),
];

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}
const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

describe('the census of a cell with a hundred thousand pools', () => {
  let database: TestDatabase<'shop'>;
  let border: ShopDatabase;
  const peers = [europe, 'eu-2' as CellId];

  beforeAll(async () => {
    database = await testDatabase('shop', { cell: india });
    border = database.open('border');
    const owner = database.open('owner');
    for (const sql of fill) await owner.execute(sql);
  }, 240_000);
  afterAll(() => database.drop());

  /** Nodes of the plan that read a table, as they went. */
  async function readsOf(sql: Statement, values: readonly unknown[]): Promise<PlanNode[]> {
    const explain = statement(
      `inventory_test.explain_${sql.name.replace('.', '_')}`,
      `EXPLAIN (ANALYZE, FORMAT JSON) ${sql.text}`,
    );
    type Row = { 'QUERY PLAN': readonly { readonly Plan: PlanNode }[] };
    const [row] = await border.query<Row>(explain, values);
    const nodes = row === undefined ? [] : row['QUERY PLAN'].flatMap(({ Plan }) => nodesOf(Plan));
    return nodes.filter((node) => / Scan$/.test(node['Node Type']));
  }

  it('reads in one run as many rows as it sums up, from the middle as from the beginning', async () => {
    for (const after of ['', 'blr/p50000', 'blr/p99990']) {
      const tables = (await readsOf(sumPage, [after, poolsMax])).filter(
        (node) => node['Node Type'] !== 'Subquery Scan',
      );
      expect(tables.map((node) => node['Index Name'])).toEqual(['escrow_pkey']);
      const rows = tables.map(
        (node) => node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0),
      );
      expect(Math.max(...rows)).toBeLessThanOrEqual(poolsMax);
    }
  });

  it('reads of the channels only those with units in transit', async () => {
    const reads = await readsOf(sumInTransit, [censusChannelsMax]);
    expect(reads.flatMap((node) => node['Index Name'] ?? [])).toEqual(['quota_channel_in_transit']);
    expect(Math.max(...reads.map((node) => node['Actual Rows']))).toBe(openChannels);
    const [oldest] = await new PgCensusTaker(border).sumInTransit(1);
    expect(oldest).toMatchObject({ peer: europe, units: 1 });
    expect(oldest?.oldestSeconds).toBeGreaterThanOrEqual(90);
  });

  it('tells exact sums of all pools, and asks nothing of the database when it is read', async () => {
    const metrics = new Metrics({ cell: india, process: 'border' });
    const taken = new TakeCensus(new PgCensusTaker(border), poolsMax);
    exposeCensus(metrics, taken, peers);
    expect((await metrics.expose()).text).not.toMatch(/^entrepot_inventory_units\{/m);
    let runs = 0;
    for (; taken.census === undefined; runs += 1) await taken.execute();
    expect(runs).toBe(pools / poolsMax + 1);
    const before = border.statementsSent;
    const { text } = await metrics.expose();
    expect(border.statementsSent).toBe(before);
    const valueOf = (name: string, label = ''): number => {
      const found = new RegExp(`^${name}\\{[^}]*${label}[^}]*\\} (\\S+)$`, 'm').exec(text);
      return Number(found?.[1]);
    };
    expect(valueOf('entrepot_inventory_pools')).toBe(pools);
    expect(valueOf('entrepot_inventory_units', 'type="free"')).toBe(7 * pools);
    expect(valueOf('entrepot_inventory_units', 'type="held"')).toBe(2 * pools);
    expect(valueOf('entrepot_inventory_units', 'type="granted"')).toBe(pools);
    expect(valueOf('entrepot_inventory_in_transit_units', 'peer="eu-1"')).toBe(openChannels);
    expect(valueOf('entrepot_inventory_in_transit_units', 'peer="eu-2"')).toBe(0);
    const oldest = valueOf('entrepot_inventory_in_transit_oldest_seconds', 'peer="eu-1"');
    expect(oldest).toBeGreaterThanOrEqual(90);
    expect(text.match(/^entrepot_inventory_units\{/gm)).toHaveLength(13);
  });
});
