import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Inventory, InventoryOptions } from '@entrepot/inventory';
import { openInventory, poolIdOf } from '@entrepot/inventory';
import type { CellId, Sku } from '@entrepot/kernel';
import { newCellId } from '@entrepot/kernel';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import { InventoryOrderStock } from '../src/adapters/inventory-order-stock.ts';
import type { StockRound } from '../src/application/order-stock.ts';

const cell = 'in-1' as CellId;
const stocked = 100;

describe('The stock of an order in a cell with two warehouses', () => {
  let database: TestDatabase<'shop'>;
  let inventory: Inventory;
  let stock: InventoryOrderStock;

  beforeAll(async () => {
    database = await testDatabase('shop', { cell });
    inventory = openInventory({
      cell,
      directory: {
        cells: [{ id: cell, warehouses: [{ id: 'blr' }, { id: 'del' }] }],
      } as unknown as InventoryOptions['directory'],
      shop: database.open('api'),
      peers: {
        borrow: () => Promise.reject(new Error('this cell is alone')),
      } as unknown as InventoryOptions['peers'],
    });
    stock = new InventoryOrderStock(
      inventory.reserveLines,
      inventory.confirmReservations,
      inventory.releaseReservations,
      inventory.store,
      inventory.map,
    );
  }, 120_000);
  afterAll(() => database.drop());

  async function roundOf(sku: string): Promise<StockRound> {
    await inventory.receiveStock.execute(sku, [{ sku, warehouse: 'blr', quantity: stocked }]);
    return {
      orderId: newCellId('order', cell),
      reserveRound: 1,
      lines: [{ sku: sku as Sku, quantity: 3 }],
      onShortage: 'refuse',
    };
  }

  const freeOf = async (sku: string): Promise<number | undefined> =>
    (await inventory.store.findFree([poolIdOf('blr', sku)]))[0]?.free;

  it('gives back what an abandoned round holds', async () => {
    const round = await roundOf('held');
    expect((await stock.hold(round)).kind).toBe('held');
    await stock.abandon(round);
    expect(await freeOf('held')).toBe(stocked);
  });

  it('holds nothing for a call that arrives after its round was abandoned', async () => {
    const round = await roundOf('late');
    await stock.abandon(round);
    expect(await stock.hold(round)).toEqual({ kind: 'undecided', shortages: [] });
    expect(await freeOf('late')).toBe(stocked);
    expect((await stock.hold({ ...round, reserveRound: 2 })).kind).toBe('held');
  });

  it('gives back all of a round that another call had begun', async () => {
    const [begun, other] = [await roundOf('begun'), await roundOf('other')];
    const round = { ...begun, lines: [...begun.lines, ...other.lines] };
    expect((await stock.hold(begun)).kind).toBe('held');
    expect(await stock.hold(round)).toEqual({ kind: 'undecided', shortages: [] });
    expect([await freeOf('begun'), await freeOf('other')]).toEqual([stocked, stocked]);
    expect((await stock.hold({ ...round, reserveRound: 2 })).kind).toBe('held');
  });

  it('holds nothing where call and abandonment meet', async () => {
    const rounds = await Promise.all(Array.from({ length: 20 }, (_, at) => roundOf(`race-${at}`)));
    await Promise.all(
      rounds.map((round, at) =>
        at % 2 === 0
          ? Promise.all([stock.hold(round), stock.abandon(round)])
          : Promise.all([stock.abandon(round), stock.hold(round)]),
      ),
    );
    for (const round of rounds) {
      expect(['none', 'lost']).toContain(await stock.factOf(round));
      expect(await freeOf(round.lines[0]?.sku ?? '')).toBe(stocked);
    }
  });
});
