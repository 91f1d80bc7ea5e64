import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { statement } from '@entrepot/platform-database';
import { v4 } from 'uuid';
import type { WriteOff } from '../src/domain/commands.ts';
import { poolIdOf } from '../src/domain/pool.ts';
import { findBreachesInSql } from './books-in-sql.ts';
import {
  buy,
  india,
  openTwoCells,
  type CellsUnderTest,
  type CellUnderTest,
} from './cells-under-test.ts';

const readBooks = statement(
  'recall_test.books',
  `SELECT free::int AS free, sold::int AS sold, deficit::int AS deficit
   FROM inventory.escrow WHERE pool_id = $1`,
);

describe('a home that wrote off more than it had free', () => {
  let cells: CellsUnderTest;
  let number = 0;
  beforeAll(async () => {
    cells = await openTwoCells();
  }, 120_000);
  afterAll(() => cells.close());
  afterEach(async () => {
    cells.eu.isCut = false;
    for (const { auditor } of [cells.in, cells.eu]) {
      expect(await findBreachesInSql(auditor)).toEqual([]);
    }
  });

  /** 100 units of which Europe has 60, and as many as are said are lost in India. */
  async function lose(quantity: number) {
    const sku = `lost-${(number += 1)}`;
    const shares = [{ cell: cells.eu.cell, quantity: 60 }];
    await cells.in.border.seedStock.execute(sku, [
      { sku, warehouse: 'blr', quantity: 100, shares },
    ]);
    await cells.in.border.reconcileChannels.execute();
    const pool = poolIdOf('blr', sku);
    const document = v4() as WriteOff['document'];
    const { verdicts } = await cells.in.border.lanes.submit([
      { kind: 'writeOff', pool, home: india, document, quantity, from: 'FREE' },
    ]);
    expect(verdicts).toMatchObject([{ outcome: 'WRITTEN_OFF', free: 0 }]);
    const booksOf = async ({ auditor }: CellUnderTest) =>
      (await auditor.query<Record<string, number>>(readBooks, [pool]))[0];
    return { sku, booksOf };
  }

  it('gets back what the peer has free, and owes nothing any more', async () => {
    const { booksOf } = await lose(70);
    expect(await booksOf(cells.in)).toEqual({ free: 0, sold: 0, deficit: 30 });
    const report = await cells.in.border.recallDeficit.execute();
    expect(report).toEqual({ pools: 1, owed: 30, recalled: 30, silentPeers: [] });
    expect(await booksOf(cells.in)).toEqual({ free: 0, sold: 0, deficit: 0 });
    expect(await booksOf(cells.eu)).toEqual({ free: 30, sold: 0, deficit: 0 });
    expect(await cells.in.border.recallDeficit.execute()).toMatchObject({ pools: 0, recalled: 0 });
  });

  it('gets what was not sold, also where the peer would keep some for itself', async () => {
    const { sku, booksOf } = await lose(95);
    expect(await buy(cells.eu.apis[0] ?? cells.eu.border, [{ sku, quantity: 20 }])).toMatchObject({
      kind: 'held',
    });
    expect(await cells.in.border.recallDeficit.execute()).toMatchObject({ owed: 55, recalled: 40 });
    expect(await booksOf(cells.in)).toEqual({ free: 0, sold: 0, deficit: 15 });
    expect(await booksOf(cells.eu)).toEqual({ free: 0, sold: 20, deficit: 0 });
    expect(await cells.in.border.store.sumOwed()).toBe(15);
  });

  it('waits for a silent peer, and a lost answer costs nothing', async () => {
    const { booksOf } = await lose(50);
    cells.eu.isCut = true;
    expect(await cells.in.border.recallDeficit.execute()).toMatchObject({
      recalled: 0,
      silentPeers: ['eu-1'],
    });
    cells.eu.isCut = false;
    await cells.in.border.recallDeficit.execute();
    await cells.in.border.recallDeficit.execute();
    expect(await booksOf(cells.in)).toEqual({ free: 0, sold: 0, deficit: 0 });
    expect(await booksOf(cells.eu)).toEqual({ free: 50, sold: 0, deficit: 0 });
  });
});
