import type { OrderId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase } from '@entrepot/platform-database';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import { v5 } from 'uuid';
import { PgStockLedger } from '../src/adapters/pg-stock-ledger.ts';
import { AvailabilityBoard } from '../src/application/availability-board.ts';
import { reservationIdOf } from '../src/application/reservation-ids.ts';
import { StockLanes } from '../src/application/stock-lanes.ts';
import type { Mint, Reserve, Transition } from '../src/domain/commands.ts';
import { poolIdOf, type PoolId } from '../src/domain/pool.ts';
import { findBreachesInSql } from './books-in-sql.ts';
import { india, newOrder } from './cells-under-test.ts';

const readFree = statement(
  'inventory_test.free',
  'SELECT free::int AS free FROM inventory.escrow WHERE pool_id = $1',
);
const sumStates = statement(
  'inventory_test.states',
  `SELECT state, sum(quantity)::int AS units
   FROM inventory.reservation WHERE pool_id = $1 GROUP BY state ORDER BY state`,
);

/** The stock of one cell in a database of its own; each pair of lanes is what a process has. */
export class OneCell {
  readonly auditor: ShopDatabase;
  readonly shop: ShopDatabase;
  private readonly warehouse: StockLanes;
  private number = 0;

  private constructor(readonly database: TestDatabase<'shop'>) {
    this.auditor = database.open('audit');
    this.shop = database.open('api');
    this.warehouse = this.openLanes();
  }

  static async open(): Promise<OneCell> {
    return new OneCell(await testDatabase('shop', { cell: india }));
  }

  close(): Promise<void> {
    return this.database.drop();
  }

  openLanes(): StockLanes {
    return new StockLanes(
      [new PgStockLedger(this.shop.dedicated(), india)],
      new AvailabilityBoard(),
    );
  }

  /** A new pool; without units it was never minted. */
  async mint(quantity: number): Promise<PoolId> {
    this.number += 1;
    const pool = poolIdOf('blr', `one-${this.number}`);
    if (quantity === 0) return pool;
    const document = v5(pool, v5.URL) as Mint['document'];
    await this.warehouse.submit([
      { kind: 'mint', pool, home: india, document, quantity, into: 'FREE' },
    ]);
    return pool;
  }

  async freeOf(pool: PoolId): Promise<number | undefined> {
    return (await this.auditor.query<{ free: number }>(readFree, [pool]))[0]?.free;
  }

  /** Units of a pool by the state of their reservation. */
  async unitsByState(pool: PoolId): Promise<Readonly<Record<string, number>>> {
    const rows = await this.auditor.query<{ state: string; units: number }>(sumStates, [pool]);
    return Object.fromEntries(rows.map(({ state, units }) => [state, units]));
  }

  breaches(): Promise<unknown[]> {
    return findBreachesInSql(this.auditor);
  }
}

export const reserve = (
  pool: PoolId,
  { order = newOrder(india), quantity = 1 }: { order?: OrderId; quantity?: number } = {},
): Reserve => ({
  kind: 'reserve',
  pool,
  reservation: reservationIdOf(order, pool, 1),
  order,
  group: order,
  quantity,
  holdSeconds: 600,
});

export const then = (
  kind: Transition['kind'],
  { pool, reservation, order, quantity }: Reserve,
): Transition => ({ kind, pool, reservation, order, quantity });
