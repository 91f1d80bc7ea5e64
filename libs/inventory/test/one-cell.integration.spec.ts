import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { OrderId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { Command } from '../src/domain/commands.ts';
import type { PoolId } from '../src/domain/pool.ts';
import { OneCell, reserve, then } from './one-cell-under-test.ts';

const countReads = statement(
  'inventory_test.reads',
  `SELECT n_tup_ins::int AS inserted, seq_scan::int AS scans
   FROM pg_stat_user_tables WHERE relid = 'inventory.reservation'::regclass`,
);

describe('stock in one cell', () => {
  let cell: OneCell;
  beforeAll(async () => {
    cell = await OneCell.open();
  }, 120_000);
  afterAll(() => cell.close());
  afterEach(async () => expect(await cell.breaches()).toEqual([]));

  it.each<[string, (pool: PoolId) => Command]>([
    ['a malformed', (pool) => ({ ...reserve(pool), order: 'not an order' as OrderId })],
    ['an unheard-of', (pool) => ({ ...reserve(pool), kind: 'unheard of' as 'reserve' })],
  ])('fails %s command alone', async (_, poisonOf) => {
    const pool = await cell.mint(20);
    const lanes = cell.openLanes();
    const poison = poisonOf(pool);
    const answers = await Promise.allSettled([
      ...Array.from({ length: 10 }, () => lanes.submit([reserve(pool)])),
      lanes.submit([poison]),
      ...Array.from({ length: 5 }, () => lanes.submit([reserve(pool)])),
    ]);
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(answers[10]?.status).toBe('rejected');
    expect(await cell.freeOf(pool)).toBe(5);
  });

  it('skips over a line that is too large for what is left, and serves those behind it', async () => {
    const pool = await cell.mint(5);
    const asks = [3, 4, 1, 9, 1].map((quantity) => reserve(pool, { quantity }));
    const { verdicts } = await cell.openLanes().submit(asks);
    const outcomes = verdicts.map(({ outcome, free }) => `${outcome} ${free}`);
    expect(outcomes).toEqual(['HELD 2', 'SHORT 2', 'HELD 1', 'SHORT 1', 'HELD 0']);
    expect(await cell.freeOf(pool)).toBe(0);
  });

  it('closes the door to a reserve that arrives after its release', async () => {
    const pool = await cell.mint(5);
    const late = reserve(pool);
    await cell.openLanes().submit([then('release', late)]);
    const { verdicts } = await cell.openLanes().submit([late]);
    expect(verdicts[0]).toMatchObject({ outcome: 'RELEASED', changed: false });
    expect(await cell.freeOf(pool)).toBe(5);
  });

  it('finds reservations by their keys in books that nobody has analyzed yet', async () => {
    const fresh = await OneCell.open();
    try {
      const pool = await fresh.mint(1_000);
      const lanes = fresh.openLanes();
      for (let batch = 0; batch < 10; batch += 1) {
        await lanes.submit(Array.from({ length: 50 }, () => reserve(pool)));
      }
      let reads: { inserted: number; scans: number } | undefined;
      while ((reads?.inserted ?? 0) < 500) [reads] = await fresh.auditor.query(countReads);
      expect(reads?.scans).toBe(0);
    } finally {
      await fresh.close();
    }
  });

  it.each(['api', 'worker', 'border'] as const)(
    'gives the role of the %s process no other way to write stock',
    async (role) => {
      const write = statement(
        'inventory_test.write_by_hand',
        'UPDATE inventory.escrow SET free = free, held = held',
      );
      await expect(cell.database.open(role).execute(write)).rejects.toThrow(/permission denied/);
    },
  );
});
