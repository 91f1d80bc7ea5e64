import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { statement, type ShopDatabase } from '@entrepot/platform-database';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import {
  PeerInventory,
  PeerSilentError,
  type AppliedTotals,
  type GrantedTotals,
} from '../src/application/peer-inventory.ts';
import { openInventory } from '../src/inventory.ts';
import { directory, europe, india } from './cells-under-test.ts';

const lost = 'us-1' as CellId;

const open = statement(
  'reconcile_test.open',
  `WITH pools AS (
     INSERT INTO inventory.stock_pool (pool_id, sku, warehouse, home_cell)
     SELECT 'blr/' || $1 || n, $1 || n, 'blr', 'in-1' FROM generate_series(1, $3::int) AS n
     RETURNING pool_id)
   INSERT INTO inventory.quota_channel (pool_id, peer, granted_total, peer_acked_total, grants, changed_at)
   SELECT pool_id, $2, 5, $4::int, 1, now() - $5::int * interval '1 second' FROM pools`,
);
const analyze = statement('reconcile_test.analyze', 'ANALYZE inventory.quota_channel');
const explain = statement(
  'reconcile_test.explain',
  `EXPLAIN SELECT pool_id FROM inventory.quota_channel
   WHERE granted_total - peer_acked_total > 0
     AND (changed_at, pool_id, peer) > ('-infinity', '', '')
   ORDER BY changed_at, pool_id, peer LIMIT 10000`,
);

const begin = statement('reconcile_test.begin', 'SELECT inventory.begin_recovery(0)');

/** One cell answers, the other never does. */
class Peers extends PeerInventory {
  readonly told: string[] = [];

  borrow(): Promise<never> {
    return Promise.reject(new PeerSilentError('nobody asks'));
  }

  exchangeTotals(peer: CellId, { totals }: GrantedTotals): Promise<AppliedTotals> {
    if (peer === lost) return Promise.reject(new PeerSilentError('it is lost'));
    this.told.push(...totals.map(({ pool }) => pool));
    const applied = totals.map(({ pool, grantedTotal }) => ({ pool, appliedTotal: grantedTotal }));
    return Promise.resolve({ totals: applied });
  }
}

describe('what a cell repeats to the others', () => {
  let database: TestDatabase<'shop'>;
  let root: ShopDatabase;
  const peers = new Peers();

  beforeAll(async () => {
    database = await testDatabase('shop', { cell: india });
    root = database.open('superuser');
    await root.execute(open, ['lost-', lost, 10_000, 0, 3_600]);
    await root.execute(open, ['open-', europe, 1, 3, 60]);
    await root.execute(open, ['told-', europe, 20_000, 5, 60]);
    await root.execute(analyze, []);
  }, 120_000);
  afterAll(() => database.drop());

  it('reaches those that answer past the channels of one that never does', async () => {
    const { reconcileChannels } = openInventory({
      ...{ cell: india, directory, peers },
      shop: database.open('border'),
    });
    expect(await reconcileChannels.execute()).toMatchObject({ open: 10_000, silentPeers: [lost] });
    expect(await reconcileChannels.execute()).toMatchObject({ open: 1, acknowledged: 1 });
    expect(peers.told).toEqual(['blr/open-1']);
    // and begins again with those that wait longest
    expect(await reconcileChannels.execute()).toMatchObject({ open: 10_000 });
  }, 60_000);

  it('is nothing while the cell recovers', async () => {
    const { reconcileChannels } = openInventory({
      ...{ cell: india, directory, peers },
      shop: database.open('border'),
    });
    await root.execute(open, ['late-', europe, 1, 3, 60]);
    await root.query(begin, []);
    peers.told.length = 0;
    expect(await reconcileChannels.execute()).toMatchObject({ open: 0 });
    expect(peers.told).toEqual([]);
  });

  it('is found without reading the channels that were acknowledged', async () => {
    const plan = await root.query<Record<string, string>>(explain, []);
    expect(plan.flatMap(Object.values).join('\n')).toContain('quota_channel_in_transit');
  });
});
