import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AvailabilityItem, AvailabilityView } from '@entrepot/contracts/api/inventory';
import type { CellId, Sku } from '@entrepot/kernel';
import { isCheckViolation, statement, type ShopDatabase } from '@entrepot/platform-database';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import { PgStockHints } from '../src/adapters/pg-stock-hints.ts';
import { AvailabilityBoard } from '../src/application/availability-board.ts';
import { poolIdOf, type PoolId } from '../src/domain/pool.ts';
import { openInventory } from '../src/inventory.ts';
import { openShopWindow, type ShopWindow } from './availability-surface.ts';
import { buy, europe, india, openTwoCells, type CellsUnderTest } from './cells-under-test.ts';
import { directory } from './warehouse-surface.ts';

const ageReports = statement(
  'inventory_test.age_reports',
  `UPDATE inventory.peer_report SET heard_at = heard_at - make_interval(secs => $2)
   WHERE pool_id = $1`,
);
const hear = statement(
  'inventory_test.hear',
  `INSERT INTO messaging.peer_health (cell, heard_sequence, heard_sent_at, heard_at, answer_sequence)
   VALUES ($1, 1, now(), now() - make_interval(secs => $2), 1)
   ON CONFLICT (cell) DO UPDATE SET heard_at = excluded.heard_at`,
);

describe('what a cell knows of pools without asking', () => {
  let database: TestDatabase<'shop'>;
  let border: ShopDatabase;
  let api: ShopDatabase;
  let hints: PgStockHints;
  const pool = poolIdOf('rtm', 'known');

  beforeAll(async () => {
    database = await testDatabase('shop', { cell: india });
    [border, api] = [database.open('border'), database.open('api')];
    hints = new PgStockHints(border);
  }, 120_000);
  afterAll(() => database.drop());

  const heard = (of: PoolId, free: number, granted: number, peer = europe) =>
    hints.note([{ pool: of, peer, free, granted }]);

  it('names every pool it is asked for, in their order, also those of which nothing is known', async () => {
    await heard(pool, 40, 0);
    const unknown = poolIdOf('blr', 'unknown');
    const found = await new PgStockHints(api).find([unknown, pool]);
    expect(found).toEqual([
      { pool: unknown, free: 0, reports: [] },
      {
        pool,
        free: 0,
        reports: [
          { peer: europe, free: 40, granted: 0, applied: 0, ageSeconds: expect.any(Number) },
        ],
      },
    ]);
  });

  it('keeps the last word of each cell, and none that was said before it', async () => {
    const told = poolIdOf('rtm', 'told');
    await heard(told, 30, 10);
    await heard(told, 25, 10);
    await heard(told, 90, 5);
    await heard(told, 7, 0, 'eu-2' as CellId);
    const [found] = await hints.find([told]);
    const free = found?.reports.map(({ peer, ...of }) => [peer, of.free, of.granted]);
    expect(free?.toSorted()).toEqual([
      [europe, 25, 10],
      ['eu-2', 7, 0],
    ]);
  });

  it('takes nothing from an API process and nothing that is no report', async () => {
    await expect(
      new PgStockHints(api).note([{ pool, peer: europe, free: 1, granted: 0 }]),
    ).rejects.toMatchObject({ code: '42501' });
    const refusal: unknown = await heard(pool, -1, 0).catch((error: unknown) => error);
    expect(isCheckViolation(refusal)).toBe(true);
  });
});

describe('availability over HTTP', () => {
  let database: TestDatabase<'shop'>;
  let shop: ShopDatabase;
  let owner: ShopDatabase;
  let window: ShopWindow;
  const nobody = {
    borrow: () => Promise.reject(new TypeError('nobody is asked')),
    exchangeTotals: () => Promise.reject(new TypeError('nobody is asked')),
  };

  beforeAll(async () => {
    database = await testDatabase('shop', { cell: india });
    [shop, owner] = [database.open('api'), database.open('owner')];
    const worker = openInventory({
      ...{ cell: india, directory, peers: nobody },
      shop: database.open('worker'),
    });
    const stock = { many: 50, few: 3, ...numbered(100) };
    for (const [sku, quantity] of Object.entries(stock)) {
      await worker.receiveStock.execute(sku, [{ sku, warehouse: 'blr', quantity }]);
    }
    window = await openShopWindow(shop);
  }, 120_000);
  afterAll(async () => {
    await window.app.close();
    await database.drop();
  });

  const numbered = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`n-${n}`, 9]));

  async function ask(query: string): Promise<{ status: number; body: AvailabilityView }> {
    const answer = await fetch(`${window.origin}/v1/availability?${query}`);
    return { status: answer.status, body: (await answer.json()) as AvailabilityView };
  }
  const item = async (query: string): Promise<AvailabilityItem | undefined> =>
    (await ask(query)).body.items[0];

  it('answers for a quantity, with a band and no number', async () => {
    await owner.execute(hear, [europe, 0]);
    const { status, body } = await ask('sku=many&sku=few');
    expect(status).toBe(200);
    expect(body.items).toEqual([
      { sku: 'many', availability: 'OK', band: 'MANY', peersHeardSecondsAgo: null },
      { sku: 'few', availability: 'LOW', band: 'FEW', peersHeardSecondsAgo: null },
    ]);
    expect(await item('sku=many&quantity=51')).toMatchObject({ availability: 'BORROWING' });
    expect(await item('sku=few&quantity=3')).toMatchObject({ availability: 'LOW' });
    expect(await item('sku=never-heard-of')).toMatchObject({
      availability: 'BORROWING',
      band: 'CHECKING',
    });
  });

  it('says that the cell which may have units is silent', async () => {
    await owner.execute(hear, [europe, 31]);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await item('sku=few&quantity=4')).toMatchObject({
      availability: 'PEER_UNREACHABLE',
      band: 'FEW',
    });
    expect(await item('sku=few&quantity=3')).toMatchObject({ availability: 'LOW' });
    await owner.execute(hear, [europe, 0]);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await item('sku=few&quantity=4')).toMatchObject({ availability: 'BORROWING' });
  });

  it('answers for the lines of a cart, each in its quantity and in their order', async () => {
    await owner.execute(hear, [europe, 0]);
    const { body } = await ask('sku=few&sku=many&sku=few&quantity=4&quantity=50&quantity=3');
    expect(body.items.map(({ sku, availability }) => [sku, availability])).toEqual([
      ['few', 'BORROWING'],
      ['many', 'OK'],
      ['few', 'LOW'],
    ]);
  });

  it.each([
    ['sku=few&quantity=0', 'quantity', 'TOO_SMALL'],
    ['sku=few&quantity=-1', 'quantity', 'TOO_SMALL'],
    ['sku=few&quantity=100001', 'quantity', 'TOO_BIG'],
    ['sku=few&quantity=1.5', 'quantity', 'INVALID_UNION'],
    ['sku=few&quantity=two', 'quantity', 'INVALID_UNION'],
    ['sku=few&sku=many&quantity=1&quantity=0', 'quantity/1', 'TOO_SMALL'],
    ['sku=few&quantity=1&quantity=2', 'quantity', 'QUANTITIES_DO_NOT_MATCH'],
    ['sku=few&sku=%00', 'sku/1', 'INVALID_TEXT'],
    ['sku=few&sku=%25', 'sku/1', 'INVALID_FORMAT'],
    ['quantity=1', 'sku', 'INVALID_UNION'],
    [Array.from({ length: 101 }, () => 'sku=few').join('&'), 'sku', 'TOO_BIG'],
  ])('refuses %s', async (query, path, code) => {
    const { status, body } = await ask(query);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ path, code }] });
  });

  it('sends as many statements for a hundred articles as for one', async () => {
    const counts: number[] = [];
    for (const size of [1, 10, 100]) {
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      // more than there is, so that the other cells are looked for as well
      const skus = Array.from({ length: size }, (_, n) => `sku=n-${n}`).join('&');
      const before = shop.statementsSent;
      expect((await ask(`${skus}&quantity=10`)).body.items).toHaveLength(size);
      counts.push(shop.statementsSent - before);
    }
    expect(counts).toEqual([2, 2, 2]);
  });
});

describe('availability where two cells sell', () => {
  let cells: CellsUnderTest;

  beforeAll(async () => {
    cells = await openTwoCells();
    for (const { database, cell } of [cells.in, cells.eu]) {
      const peer = cell === india ? europe : india;
      await database.open('owner').execute(hear, [peer, 0]);
    }
  }, 120_000);
  afterAll(() => cells.close());

  async function stock(sku: string, quantity: number, share: number): Promise<void> {
    const shares = [{ cell: europe, quantity: share }];
    await cells.in.border.seedStock.execute(sku, [{ sku, warehouse: 'blr', quantity, shares }]);
    await cells.in.border.reconcileChannels.execute();
  }
  const read = async (sku: string, quantity = 1) =>
    (await cells.eu.apis[0]?.readAvailability.execute([{ sku: sku as Sku, quantity }]))?.[0];

  it('knows how the other cell stood from the answer to a borrow, in every process', async () => {
    await stock('heard', 200, 2);
    await buy(cells.eu.apis[1] ?? cells.eu.border, [{ sku: 'heard', quantity: 4 }]);
    await cells.eu.reports.settled();
    const found = await read('heard');
    expect(found?.hint.band).toBe('MANY');
    expect(found?.hint.peersHeardSecondsAgo).toBeLessThan(60);
    await cells.eu.database.open('owner').execute(ageReports, [poolIdOf('blr', 'heard'), 301]);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect((await read('heard'))?.hint.peersHeardSecondsAgo).toBeUndefined();
  });

  it('repeats for a moment what was proven for an order, with the number', async () => {
    await stock('proven', 5, 2);
    const api = cells.eu.apis[0] ?? cells.eu.border;
    expect(await buy(api, [{ sku: 'proven', quantity: 6 }])).toMatchObject({ kind: 'refused' });
    expect((await read('proven', 6))?.availability).toEqual({
      answer: 'INSUFFICIENT',
      available: 5,
    });
    expect((await buy(api, [{ sku: 'proven', quantity: 5 }])).kind).toBe('held');
    expect((await buy(api, [{ sku: 'proven', quantity: 1 }])).kind).toBe('refused');
    expect((await read('proven'))?.availability.answer).toBe('GLOBAL_EMPTY');
    expect((await read('proven'))?.hint.band).toBe('CHECKING');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect((await read('proven'))?.availability.answer).toBe('BORROWING');
  });

  it('takes a proof down with whatever this process does to the pool', () => {
    const board = new AvailabilityBoard();
    const pool = poolIdOf('blr', 'mug');
    board.noteShortage('mug' as Sku, 0);
    board.noteEmpty(pool);
    board.takeDown([{ kind: 'ack', pool, peer: europe, total: 0 }]);
    expect([board.findShortage('mug' as Sku), board.isEmpty(pool)]).toEqual([undefined, false]);
  });
});
