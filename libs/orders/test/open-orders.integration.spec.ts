import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CellId, CurrencyCode } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import { PgOrderStore } from '../src/adapters/pg-order-store.ts';
import { anOrder } from '../src/testing/index.ts';

const cell = 'in-1' as CellId;
const begunLongAgo = statement(
  'test.begun_long_ago',
  `UPDATE orders."order" SET attempted_at = attempted_at - interval '1000 s'`,
);

describe('The orders that are open', () => {
  let database: TestDatabase<'shop'>;
  beforeAll(async () => {
    database = await testDatabase('shop', { cell });
  }, 120_000);
  afterAll(() => database.drop());

  it('tell how long the oldest has waited, and nothing once it has ended', async () => {
    const api = database.open('api');
    const orders = new PgOrderStore(api);
    expect(await orders.oldestOpenSeconds()).toBe(0);
    const asked = anOrder(cell, 'INR' as CurrencyCode);
    const order = await api.unitOfWork((tx) =>
      orders.insert(tx, {
        order: asked,
        addressCiphertext: `v1|A256GCM|${asked.subjectId}|1|a|b|c`,
      }),
    );
    await database.open('owner').execute(begunLongAgo);
    expect(await orders.oldestOpenSeconds()).toBeGreaterThanOrEqual(1_000);
    const refused = { ...order, status: 'refused', refusalCode: 'STOCK_SHORT' } as const;
    await api.unitOfWork((tx) => orders.save(tx, refused));
    expect(await orders.oldestOpenSeconds()).toBe(0);
  });
});
