import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ShopDatabase } from '@entrepot/platform-database';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import { v5 } from 'uuid';
import { PgStockLedger } from '../src/adapters/pg-stock-ledger.ts';
import { PgStockStore } from '../src/adapters/pg-stock-store.ts';
import { reservationIdOf } from '../src/application/reservation-ids.ts';
import type { Mint, Reserve } from '../src/domain/commands.ts';
import { poolIdOf, type PoolId } from '../src/domain/pool.ts';
import { india, newOrder } from './cells-under-test.ts';

describe('what orders read before they reserve', () => {
  let database: TestDatabase<'shop'>;
  let shop: ShopDatabase;
  let ledger: PgStockLedger;
  let store: PgStockStore;
  const pools = Array.from({ length: 100 }, (_, at) => poolIdOf('blr', `read-${at}`));
  const unknown = poolIdOf('blr', 'never-heard-of');

  beforeAll(async () => {
    database = await testDatabase('shop', { cell: india });
    shop = database.open('api');
    ledger = new PgStockLedger(shop.dedicated(), india);
    await ledger.apply(
      pools.map((pool, at): Mint => {
        const document = v5(pool, v5.URL) as Mint['document'];
        return { kind: 'mint', pool, home: india, document, quantity: at + 1, into: 'FREE' };
      }),
    );
  }, 120_000);
  afterAll(() => database.drop());
  beforeEach(() => {
    store = new PgStockStore(shop);
  });

  function reserve(pool: PoolId): Reserve {
    const order = newOrder(india);
    const reservation = reservationIdOf(order, pool, 1);
    const named = { pool, reservation, order, group: order } as const;
    return { kind: 'reserve', ...named, quantity: 1, holdSeconds: 600 };
  }

  it('is read for all of one moment together, and each is told what it asked', async () => {
    const reserves = pools.map(reserve);
    await ledger.apply(reserves);
    const sent: string[] = [];
    const stop = shop.observe((name) => sent.push(name));
    const answers = await Promise.all(
      reserves.map(async ({ pool, reservation }) => ({
        free: await store.findFree([pool, unknown, pool]),
        reservations: await store.findReservations([reservation, reserve(pool).reservation]),
      })),
    );
    stop();
    expect(answers.map(({ free }) => free)).toEqual(pools.map((pool, free) => [{ pool, free }]));
    expect(answers.map(({ reservations }) => reservations.map(({ id }) => id))).toEqual(
      reserves.map(({ reservation }) => [reservation]),
    );
    expect(sent.length).toBeLessThanOrEqual(4);
  });

  it('knows what had committed before it was asked for, while another read is under way', async () => {
    const [pool = unknown] = pools;
    const reads: Promise<unknown>[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      reads.push(store.findReservations([reserve(pool).reservation]));
      const held = reserve(poolIdOf('blr', 'read-99'));
      await ledger.apply([held]);
      reads.push(store.findReservations([reserve(pool).reservation]));
      expect(await store.findReservations([held.reservation])).toMatchObject([{ state: 'HELD' }]);
    }
    await Promise.all(reads);
  });
});
