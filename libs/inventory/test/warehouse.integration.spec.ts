import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  DocumentsPage,
  StockPoolsPage,
  StockPoolView,
} from '@entrepot/contracts/api/warehouse';
import { statement, type ShopDatabase } from '@entrepot/platform-database';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import { findBreachesInSql } from './books-in-sql.ts';
import { openWarehouse, type Warehouse } from './warehouse-surface.ts';

const setState = statement('warehouse_test.state', 'UPDATE inventory.cell_epoch SET state = $1');
const changeAct = statement(
  'warehouse_test.change',
  `UPDATE inventory.warehouse_act SET kind = 'count'`,
);
const dropAct = statement('warehouse_test.drop', 'DELETE FROM inventory.warehouse_act');
const emptyActs = statement('warehouse_test.empty', 'TRUNCATE inventory.warehouse_act');

interface Problem {
  readonly code: string;
  readonly errors?: readonly { readonly path: string; readonly code: string }[];
  readonly positions?: unknown;
}

let database: TestDatabase<'shop'>;
let auditor: ShopDatabase;
let shop: ShopDatabase;
let warehouse: Warehouse;
let number = 0;

beforeAll(async () => {
  database = await testDatabase('shop', { cell: 'in-1' });
  auditor = database.open('audit');
  shop = database.open('api');
  warehouse = await openWarehouse(shop);
}, 120_000);
afterAll(async () => {
  await warehouse.app.close();
  await database.drop();
});
afterEach(async () => expect(await findBreachesInSql(auditor)).toEqual([]));

const newSku = (): string => `article-${(number += 1)}`;
const at = (sku: string, of: object = {}) => ({ sku, warehouse: 'blr', ...of });

async function pool(sku: string, of = 'blr'): Promise<StockPoolView> {
  const { status, body } = await warehouse.call<StockPoolView>(`pools/${of}/${sku}`);
  expect(status).toBe(200);
  return body;
}

/** Accounts that hold something. */
async function accounts(sku: string, of = 'blr'): Promise<Record<string, number>> {
  const all = Object.entries((await pool(sku, of)).accounts);
  return Object.fromEntries(all.filter(([, units]) => units > 0));
}

async function received(quantity: number, into = 'sellable'): Promise<string> {
  const sku = newSku();
  const body = { lines: [at(sku, { quantity })], into };
  expect(await warehouse.call('receipts', { body })).toMatchObject({ status: 201 });
  return sku;
}

const act = (path: string, body: object) => warehouse.call(path, { body });

describe('a delivery', () => {
  it('is taken in for sale or into quarantine, and says what is free', async () => {
    const [sku, other] = [newSku(), newSku()];
    const body = { lines: [at(sku, { quantity: 5 }), at(other, { quantity: 7 })] };
    const answer = await warehouse.call('receipts', { body });
    expect(answer).toMatchObject({
      status: 201,
      body: { kind: 'receipt', lines: [at(sku, { quantity: 5, free: 5 }), at(other, { free: 7 })] },
    });
    await act('receipts', { lines: [at(sku, { quantity: 3 })], into: 'quarantine' });
    expect(await accounts(sku)).toEqual({ supply: 8, free: 5, quarantine: 3 });
  });

  it('is taken in once per key, however often and however much at once it is told', async () => {
    const [sku, key] = [newSku(), randomUUID()];
    const body = { lines: [at(sku, { quantity: 5 })] };
    const tell = () => warehouse.call('receipts', { key, body });
    const first = await Promise.all([tell(), tell(), tell()]);
    await act('dispatches', { lines: [at(sku, { quantity: 1 })] });
    expect([...first, await tell()]).toEqual(Array(4).fill(first[0]));
    expect(first[0]).toMatchObject({ status: 201 });
    expect(await accounts(sku)).toEqual({ supply: 5, free: 5 });
    const more = { lines: [at(sku, { quantity: 6 })] };
    expect(await warehouse.call('receipts', { key, body: more })).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect(await warehouse.call('receipts', { key: null, body })).toMatchObject({
      status: 400,
      body: { code: 'IDEMPOTENCY_KEY_REQUIRED' },
    });
  });

  it('of which one line is for another cell does nothing, and its key stays free', async () => {
    const [sku, key] = [newSku(), randomUUID()];
    const lines = [at(sku, { quantity: 5 }), { sku, warehouse: 'rtm', quantity: 1 }];
    expect(await warehouse.call<Problem>('receipts', { key, body: { lines } })).toMatchObject({
      status: 409,
      body: { code: 'WAREHOUSE_ELSEWHERE', errors: [{ path: 'lines/1/warehouse' }] },
    });
    expect(await warehouse.call(`pools/blr/${sku}`)).toMatchObject({ status: 404 });
    const body = { lines: lines.slice(0, 1) };
    expect(await warehouse.call('receipts', { key, body })).toMatchObject({ status: 201 });
  });

  it('may have a thousand lines', async () => {
    const lines = Array.from({ length: 1_000 }, () => at(newSku(), { quantity: 1 }));
    expect(await act('receipts', { lines })).toMatchObject({ status: 201 });
    const all = { lines: lines.map((line) => ({ ...line, reason: 'expired' })) };
    expect(await act('write-offs', all)).toMatchObject({ status: 201 });
    expect(await accounts(lines.at(-1)?.sku ?? '')).toEqual({ supply: 1, writtenOff: 1 });
  });

  it('names the transfer that it brings, and brings each article of it once', async () => {
    const sku = await received(10);
    const moved = { from: 'blr', to: 'del', lines: [{ sku, quantity: 4 }] };
    const { body: sent } = await act('transfers', moved);
    expect(sent).toMatchObject({ kind: 'transfer', lines: [at(sku, { to: 'del', free: 6 })] });
    const arrives = (quantity: number) =>
      act('receipts', { lines: [{ sku, warehouse: 'del', quantity }], transfer: sent['document'] });
    expect(await arrives(4)).toMatchObject({ status: 201 });
    expect(await arrives(4)).toMatchObject({ status: 201 });
    expect(await arrives(3)).toMatchObject({
      status: 422,
      body: { code: 'DOCUMENT_CONTRADICTED', errors: [{ path: 'lines/0/quantity' }] },
    });
    expect(await accounts(sku)).toEqual({ supply: 10, free: 6, transferred: 4 });
    expect(await accounts(sku, 'del')).toEqual({ supply: 4, free: 4 });
  });
});

describe('what happens to goods afterwards', () => {
  it('takes back what is sellable for sale and what is damaged into quarantine', async () => {
    const sku = await received(5);
    const lines = [at(sku, { sellable: 2, damaged: 1 }), at(newSku(), { sellable: 0, damaged: 4 })];
    expect(await act('returns', { lines })).toMatchObject({ status: 201 });
    expect(await accounts(sku)).toEqual({ supply: 8, free: 7, quarantine: 1 });
    expect(await accounts(lines[1]?.sku ?? '')).toEqual({ supply: 4, quarantine: 4 });
  });

  it('sets aside, clears and writes off from either', async () => {
    const sku = await received(10);
    await act('quarantine', { lines: [at(sku, { quantity: 4, reason: 'inspection' })] });
    expect(await accounts(sku)).toEqual({ supply: 10, free: 6, quarantine: 4 });
    await act('quarantine/clearings', { lines: [at(sku, { quantity: 1 })] });
    const lines = [
      at(sku, { quantity: 2, reason: 'damaged', from: 'quarantine' }),
      at(sku, { quantity: 3, reason: 'lost' }),
    ];
    expect(await act('write-offs', { lines })).toMatchObject({ status: 201 });
    expect(await accounts(sku)).toEqual({ supply: 10, free: 4, quarantine: 1, writtenOff: 5 });
  });

  it('keeps units safe towards a level, as far as free ones go, and gives them free again', async () => {
    const sku = await received(5);
    const level = (units: number) =>
      warehouse.call('safety-levels', {
        method: 'PUT',
        body: { lines: [at(sku, { level: units })] },
      });
    expect(await level(8)).toMatchObject({ status: 200, body: { kind: 'safety-level' } });
    expect(await accounts(sku)).toEqual({ supply: 5, safety: 5 });
    await level(2);
    expect(await accounts(sku)).toEqual({ supply: 5, free: 3, safety: 2 });
  });

  it('counts at a position: what differs is mended, and nothing after the warehouse has moved', async () => {
    const sku = await received(10);
    await act('dispatches', { lines: [at(sku, { quantity: 3 })] });
    const { shelf } = await pool(sku);
    expect(shelf).toMatchObject({ expected: 7, dispatched: 3 });
    const counted = (units: number, position: number) =>
      warehouse.call<Problem>('counts', {
        body: { lines: [at(sku, { counted: units, position })] },
      });
    expect(await counted(5, shelf?.position ?? -1)).toMatchObject({ status: 201 });
    const after = await pool(sku);
    expect(after).toMatchObject({ shelf: { expected: 5 }, accounts: { writtenOff: 2, free: 8 } });
    expect(await counted(9, shelf?.position ?? -1)).toMatchObject({
      status: 409,
      body: {
        code: 'STALE_POSITION',
        errors: [{ path: 'lines/0/position' }],
        positions: [{ line: 0, position: after.shelf?.position }],
      },
    });
    expect(await pool(sku)).toEqual(after);
    expect(await counted(6, after.shelf?.position ?? -1)).toMatchObject({ status: 201 });
    expect(await pool(sku)).toMatchObject({ shelf: { expected: 6 }, accounts: { supply: 11 } });
  });

  it('does all lines of a document or none', async () => {
    const [plenty, scarce] = [await received(10), await received(1)];
    const lines = [at(plenty, { quantity: 2 }), at(scarce, { quantity: 2 })];
    const key = randomUUID();
    for (const path of ['quarantine/clearings', 'suspense/resolutions']) {
      expect(await act(path, { lines })).toMatchObject({
        status: 409,
        body: { code: 'STOCK_ACCOUNT_SHORT', errors: [{ path: 'lines/0/quantity' }, {}] },
      });
    }
    const moved = [plenty, scarce].map((sku) => ({ sku, quantity: 2 }));
    const transfer = { key, body: { from: 'blr', to: 'rtm', lines: moved } };
    expect(await warehouse.call<Problem>('transfers', transfer)).toMatchObject({
      status: 409,
      body: { code: 'STOCK_ACCOUNT_SHORT', errors: [{ path: 'lines/1/quantity' }] },
    });
    expect(await accounts(plenty)).toEqual({ supply: 10, free: 10 });
    await act('receipts', { lines: [at(scarce, { quantity: 1 })] });
    expect(await warehouse.call('transfers', transfer)).toMatchObject({ status: 201 });
    expect(await accounts(plenty)).toEqual({ supply: 10, free: 8, transferred: 2 });
  });

  it('changes nothing while the cell is not active', async () => {
    const sku = await received(5);
    const owner = database.open('owner');
    await owner.execute(setState, ['FENCED']);
    const lines = [at(sku, { quantity: 1 })];
    const refused = { status: 503, body: { code: 'STOCK_NOT_ACTIVE' } };
    expect(await act('receipts', { lines })).toMatchObject(refused);
    expect(await act('dispatches', { lines })).toMatchObject(refused);
    await owner.execute(setState, ['ACTIVE']);
    expect(await act('receipts', { lines })).toMatchObject({ status: 201 });
  });
});

const line = (of: object) => ({ lines: [at('article-x', { quantity: 1, ...of })] });
describe('what is no document', () => {
  it.each([
    ['receipts', line({ quantity: 0 }), 400, 'lines/0/quantity'],
    ['receipts', line({ quantity: -1 }), 400, 'lines/0/quantity'],
    ['receipts', line({ quantity: 1_000_001 }), 400, 'lines/0/quantity'],
    ['receipts', line({ quantity: 1.5 }), 400, 'lines/0/quantity'],
    ['receipts', { lines: [] }, 400, 'lines'],
    ['receipts', { lines: Array(1_001).fill(line({}).lines[0]) }, 400, 'lines'],
    ['receipts', { ...line({}), into: 'shelf' }, 400, 'into'],
    ['receipts', { ...line({}), transfer: 'x' }, 400, 'transfer'],
    [
      'receipts',
      { lines: [at('a', { quantity: 1 }), at('a', { quantity: 1 })], transfer: randomUUID() },
      400,
      'lines/1/sku',
    ],
    ['returns', { lines: [at('a', { sellable: 0, damaged: 0 })] }, 400, 'lines/0/sellable'],
    ['write-offs', line({ reason: 'bored' }), 400, 'lines/0/reason'],
    ['write-offs', line({ reason: 'lost', from: 'safety' }), 400, 'lines/0/from'],
    ['write-offs', line({ reason: 'lost' }), 404, 'lines/0/sku'],
    ['quarantine', line({ reason: 'lost' }), 400, 'lines/0/reason'],
    ['quarantine', line({ reason: 'damaged' }), 404, 'lines/0/sku'],
    ['quarantine/clearings', line({ quantity: 0 }), 400, 'lines/0/quantity'],
    ['quarantine/clearings', line({}), 404, 'lines/0/sku'],
    ['safety-levels', { lines: [at('a', { level: -1 })] }, 400, 'lines/0/level'],
    ['safety-levels', { lines: [at('a', { level: 1 })] }, 404, 'lines/0/sku'],
    ['transfers', { from: 'blr', to: 'blr', lines: [{ sku: 'a', quantity: 1 }] }, 400, 'to'],
    [
      'transfers',
      { from: 'rtm', to: 'blr', lines: [{ sku: 'a', quantity: 1 }] },
      409,
      'lines/0/warehouse',
    ],
    [
      'transfers',
      { from: 'blr', to: 'del', lines: [{ sku: 'a', quantity: 1 }] },
      404,
      'lines/0/sku',
    ],
    ['counts', { lines: [at('a', { counted: 1 })] }, 400, 'lines/0/position'],
    ['counts', { lines: [at('a', { counted: -1, position: 0 })] }, 400, 'lines/0/counted'],
    ['counts', { lines: [at('a', { counted: 1, position: 9 })] }, 409, 'lines/0/position'],
    ['dispatches', line({ quantity: 0 }), 400, 'lines/0/quantity'],
    ['dispatches', line({}), 404, 'lines/0/sku'],
    ['dispatches', line({ warehouse: 'rtm' }), 409, 'lines/0/warehouse'],
    ['suspense/resolutions', line({ quantity: 0 }), 400, 'lines/0/quantity'],
    ['suspense/resolutions', line({ warehouse: 'rtm' }), 404, 'lines/0/sku'],
  ])('%s takes no %j', async (path, body, status, field) => {
    const method = path === 'safety-levels' ? 'PUT' : 'POST';
    const answer = await warehouse.call<Problem>(path, { method, body });
    expect(answer.status).toBe(status);
    expect(answer.body.errors?.map((error) => error.path)).toContain(field);
  });

  it.each([
    ['receipts', line({ warehouse: 'none' })],
    ['transfers', { from: 'blr', to: 'none', lines: [{ sku: 'a', quantity: 1 }] }],
    ['pools?warehouse=none', undefined],
    ['pools/none/a', undefined],
    ['documents?warehouse=none', undefined],
  ])('%s knows no warehouse that no cell has', async (path, body) => {
    expect(await warehouse.call(path, { body })).toMatchObject({
      status: 404,
      body: { code: 'WAREHOUSE_UNKNOWN' },
    });
  });

  it.each(['pools?warehouse=blr', 'documents?warehouse=blr', 'pools/blr/a'])(
    '%s is for the warehouse alone',
    async (path) => {
      expect(await warehouse.call(path, { role: 'merchandiser' })).toMatchObject({ status: 403 });
    },
  );

  it.each([
    'receipts',
    'returns',
    'write-offs',
    'quarantine',
    'quarantine/clearings',
    'transfers',
    'counts',
    'dispatches',
    'suspense/resolutions',
  ])('nobody but the warehouse writes %s', async (path) => {
    const sent = { body: {}, role: 'merchandiser' };
    expect(await warehouse.call(path, sent)).toMatchObject({ status: 403 });
  });

  it.each([
    'pools?warehouse=blr&limit=0',
    'pools?warehouse=blr&limit=201',
    'documents?warehouse=blr&limit=21',
    'documents?warehouse=blr&after=x',
    'pools',
    'pools?warehouse=blr&after=%00',
  ])('reads no %s', async (path) => {
    expect(await warehouse.call(path)).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED' },
    });
  });
});

describe('what was done and what there is', () => {
  it('is listed newest first, by whom and why, with the lines of the warehouse that is asked about', async () => {
    const sku = newSku();
    const lines = [
      at(sku, { quantity: 5 }),
      { sku, warehouse: 'del', quantity: 2 },
      at(sku, { quantity: 1 }),
    ];
    const key = randomUUID();
    const { body: receipt } = await warehouse.call('receipts', { key, body: { lines } });
    expect((await warehouse.call('receipts', { key, body: { lines } })).body).toEqual(receipt);
    await act('write-offs', { lines: [at(sku, { quantity: 1, reason: 'stolen' })] });
    const { body } = await warehouse.call<DocumentsPage>('documents?warehouse=blr&limit=2');
    const { staffId } = warehouse;
    expect(body.items).toMatchObject([
      { kind: 'write-off', staffId, lines: [at(sku, { reason: 'stolen', from: 'sellable' })] },
      { document: receipt['document'], staffId, recordedAt: receipt['recordedAt'] },
    ]);
    expect(body.items[1]?.lines).toMatchObject([
      at(sku, { quantity: 5 }),
      at(sku, { quantity: 1 }),
    ]);
    const rest = await warehouse.call<DocumentsPage>(
      `documents?warehouse=blr&limit=2&after=${body.nextAfter}`,
    );
    expect(rest.body.items[0]?.recordedAt).not.toBe('');
    const seen = [...body.items, ...rest.body.items].map(({ document }) => document);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('stays as it was written, whoever tries', async () => {
    await received(1);
    await expect(shop.execute(changeAct)).rejects.toMatchObject({ code: '42501' });
    const owner = database.open('owner');
    for (const sql of [changeAct, dropAct, emptyActs]) {
      await expect(owner.execute(sql)).rejects.toMatchObject({ code: '23000' });
    }
  });

  it('is paged by article number, each once, with as many statements for a large page as for one', async () => {
    const skus = Array.from({ length: 30 }, () => newSku()).toSorted();
    await act('receipts', { lines: skus.map((sku) => ({ sku, warehouse: 'del', quantity: 1 })) });
    const paged: string[] = [];
    for (let after: string | null = ''; after !== null;) {
      const { body }: { body: StockPoolsPage } = await warehouse.call<StockPoolsPage>(
        `pools?warehouse=del&limit=7${after === '' ? '' : `&after=${after}`}`,
      );
      paged.push(...body.items.map(({ sku }) => sku));
      after = body.nextAfter;
    }
    expect(paged).toEqual(paged.toSorted());
    expect(paged.filter((sku) => skus.includes(sku))).toEqual(skus);
    for (const list of ['pools?warehouse=del', 'documents?warehouse=blr']) {
      const counts: number[] = [];
      for (const limit of [1, 20]) {
        const before = shop.statementsSent;
        expect((await warehouse.call(`${list}&limit=${limit}`)).status).toBe(200);
        counts.push(shop.statementsSent - before);
      }
      expect(counts).toEqual([1, 1]);
    }
  });
});
