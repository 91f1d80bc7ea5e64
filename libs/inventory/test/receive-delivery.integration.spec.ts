import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newCellId } from '@entrepot/kernel';
import { IdempotencyRegister, parseIdempotencyKey } from '@entrepot/platform-idempotency';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import { ReceiveDelivery } from '../src/application/receive-delivery.ts';
import { poolIdOf } from '../src/domain/pool.ts';
import { openInventory, type Inventory, type InventoryOptions } from '../src/inventory.ts';
import { europe, india } from './cells-under-test.ts';

const staffId = newCellId('staff', india);

describe('a delivery', () => {
  let database: TestDatabase<'shop'>;
  let inventory: Inventory;
  let receive: ReceiveDelivery;
  let number = 0;

  beforeAll(async () => {
    database = await testDatabase('shop', { cell: india });
    const shop = database.open('api');
    const cells = [
      { id: india, warehouses: [{ id: 'blr' }] },
      { id: europe, warehouses: [{ id: 'rtm' }] },
    ];
    inventory = openInventory({
      cell: india,
      directory: { cells } as unknown as InventoryOptions['directory'],
      shop,
      peers: {} as InventoryOptions['peers'],
    });
    const fingerprintKey = randomBytes(32);
    const register = new IdempotencyRegister({ key: () => fingerprintKey });
    receive = new ReceiveDelivery(shop, register, inventory.map, inventory.receiveStock);
  }, 120_000);
  afterAll(() => database.drop());

  function arrival() {
    number += 1;
    const key = parseIdempotencyKey(`delivery-${number}`);
    const line = (name: string, quantity: number, warehouse = 'blr') => ({
      sku: `${name}-${number}`,
      warehouse,
      quantity,
    });
    const freeOf = async (name: string) =>
      (await inventory.store.findFree([poolIdOf('blr', `${name}-${number}`)]))[0]?.free;
    return { key, line, freeOf };
  }

  it('is minted once, however often and however much at once it is told', async () => {
    const { key, line, freeOf } = arrival();
    const tell = () => receive.execute(staffId, key, [line('a', 5), line('b', 7)]);
    expect(await Promise.all([tell(), tell(), tell()])).toEqual(Array(3).fill([5, 7]));
    expect(await tell()).toEqual([5, 7]);
    expect([await freeOf('a'), await freeOf('b')]).toEqual([5, 7]);
  });

  it('mints nothing where one of its lines is for another cell, and its key stays free', async () => {
    const { key, line, freeOf } = arrival();
    const refused = receive.execute(staffId, key, [line('a', 5), line('b', 1, 'rtm')]);
    await expect(refused).rejects.toMatchObject({
      code: 'WAREHOUSE_ELSEWHERE',
      fieldProblems: [expect.objectContaining({ path: 'lines/1/warehouse' })],
    });
    expect(await freeOf('a')).toBeUndefined();
    expect(await receive.execute(staffId, key, [line('a', 5)])).toEqual([5]);
  });

  it.each([
    ['more lines', [5, 10]],
    ['another quantity', [6, 10]],
    ['fewer units', [4]],
  ])('mints nothing of the same key with %s', async (_, [a = 0, b]) => {
    const { key, line, freeOf } = arrival();
    await receive.execute(staffId, key, [line('a', 5)]);
    const lines = [line('a', a), ...(b === undefined ? [] : [line('b', b)])];
    const contradicted = receive.execute(staffId, key, lines);
    await expect(contradicted).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect([await freeOf('a'), await freeOf('b')]).toEqual([5, undefined]);
  });
});
