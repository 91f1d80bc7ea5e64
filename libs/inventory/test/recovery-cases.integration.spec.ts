import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { statement, type ShopDatabase } from '@entrepot/platform-database';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import { PgRecoveryBooks } from '../src/adapters/pg-recovery-books.ts';
import { india } from './cells-under-test.ts';

const units = 3_500;
const sales = 2_500;

/** Books as they are when a recovery has written in what was sold since the backup, of as many pools as are said. */
const lived = [
  `INSERT INTO inventory.stock_pool (pool_id, sku, warehouse, home_cell)
   SELECT 'blr/case-' || n, 'case-' || n, 'blr', 'in-1' FROM generate_series(1, ${units}) AS n`,
  `INSERT INTO inventory.escrow (pool_id, minted, sold, suspense, applied)
   SELECT 'blr/case-' || n, 1, 1, 2, 2 FROM generate_series(1, ${units}) AS n`,
  `INSERT INTO inventory.reservation
     (reservation_id, pool_id, order_id, quantity, state, expires_at, held_at, changed_at)
   SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'blr/case-' || n,
     'ord_in-1_' || lpad(n::text, 26, '0'), 1, 'CONFIRMED', now(), now(), now()
   FROM generate_series(1, ${sales}) AS n`,
  `INSERT INTO inventory.escrow_journal (pool_id, movement, quantity, reference, recorded_at)
   SELECT 'blr/case-' || n, m, 1, '00000000-0000-4000-8000-' || lpad(n::text, 12, '0'), now()
   FROM generate_series(1, ${sales}) AS n CROSS JOIN unnest(ARRAY['READOPT', 'CONFIRM']) AS m`,
].map((text, at) => statement(`recovery_cases_test.lived_${at}`, text));
const count = statement(
  'recovery_cases_test.count',
  'SELECT kind, count(*)::int AS cases FROM inventory.recovery_case GROUP BY kind ORDER BY kind',
);

describe('what a recovery leaves for people', () => {
  let database: TestDatabase<'shop'>;
  let worker: ShopDatabase;

  beforeAll(async () => {
    database = await testDatabase('shop', { cell: india });
    worker = database.open('worker');
  }, 120_000);
  afterAll(() => database.drop());

  it('is opened in pages, however much there is, before the cell sells again', async () => {
    const books = new PgRecoveryBooks(worker);
    const epoch = await books.begin(0);
    const root = database.open('superuser');
    for (const part of lived) await root.execute(part, []);
    const recovery = await books.findOpenRecovery();
    if (recovery === undefined) throw new TypeError('a recovery was begun');
    const before = worker.statementsSent;
    await books.openCases(recovery);
    // full pages of a thousand, and one that is not: of pools, and of two entries for each sale
    expect(worker.statementsSent - before).toBe(4 + 6);
    await books.openCases(recovery);
    expect(await root.query(count, [])).toEqual([
      { kind: 'FORGOTTEN_SALE', cases: sales },
      { kind: 'SUSPENDED_UNITS', cases: units },
    ]);
    expect(await books.end(epoch)).toBe(true);
  }, 60_000);
});
