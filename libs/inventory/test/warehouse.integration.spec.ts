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
import { poolIdOf } from '../src/domain/pool.ts';
import { openInventory, type InventoryOptions } from '../src/inventory.ts';
import { europe, india } from './cells-under-test.ts';
import { directory, openWarehouse, type Warehouse } from './warehouse-surface.ts';

/** Here nobody is asked for units. */
const nobody = {} as InventoryOptions['peers'];

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

  it('is shared with other cells as it is expected to sell, once, after what is owed', async () => {
    const sku = await received(10);
    const [key, forecast] = [randomUUID(), { 'in-1': 3, 'eu-1': 1 }];
    const lines = [at(sku, { quantity: 30 }), at(sku, { quantity: 10 })];
    const tell = () => warehouse.call('receipts', { key, body: { lines, forecast } });
    const first = await tell();
    expect(first).toMatchObject({ status: 201, body: { lines: [{ free: 40 }, { free: 40 }] } });
    expect(await tell()).toEqual(first);
    expect(await accounts(sku)).toEqual({ supply: 50, free: 40, granted: 10 });
    await act('write-offs', {
      lines: [at(sku, { quantity: 44, reason: 'lost', from: 'sellable' })],
    });
    expect(await accounts(sku)).toMatchObject({ deficit: 4 });
    await act('receipts', { lines: [at(sku, { quantity: 12 })], forecast });
    expect(await accounts(sku)).toMatchObject({ free: 6, granted: 12 });
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

  it('takes one of several counts that were made at the same position at once', async () => {
    const sku = await received(10);
    const { shelf } = await pool(sku);
    const counts = [9, 8, 7, 6].map((counted) =>
      act('counts', { lines: [at(sku, { counted, position: shelf?.position })] }),
    );
    const statuses = (await Promise.all(counts)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([201, 409, 409, 409]);
    const counted = 9 - statuses.indexOf(201);
    expect(await pool(sku)).toMatchObject({ shelf: { expected: counted } });
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

  it('carries out what comes at once for the same articles in any order, all of it', async () => {
    const skus = await Promise.all([100, 100, 100, 100].map((quantity) => received(quantity)));
    const rotated = (by: number) => [...skus.slice(by % 4), ...skus.slice(0, by % 4)];
    const documents = Array.from({ length: 24 }, (_, by) => {
      const lines = rotated(by).map((sku) => at(sku, { quantity: 1 }));
      return act(by % 2 === 0 ? 'receipts' : 'dispatches', { lines });
    });
    for (const { status } of await Promise.all(documents)) expect(status).toBe(201);
    for (const sku of skus) {
      expect(await pool(sku)).toMatchObject({
        accounts: { supply: 112, free: 112 },
        shelf: { dispatched: 12, expected: 100, position: 25 },
      });
    }
  });

  it('owes what it loses beyond its free units, and a delivery pays that first', async () => {
    const sku = await received(10);
    const given = { kind: 'grant', pool: poolIdOf('blr', sku), peer: europe, acked: 0 } as const;
    const { lanes } = openInventory({ cell: india, directory, shop, peers: nobody });
    await lanes.submit([{ ...given, level: 6, ceiling: 6 }]);
    const lost = { lines: [at(sku, { quantity: 7, reason: 'stolen' })] };
    expect(await act('write-offs', lost)).toMatchObject({
      status: 201,
      body: { lines: [{ free: 0 }] },
    });
    const owing = { supply: 10, granted: 6, writtenOff: 7 };
    expect(await accounts(sku)).toEqual({ ...owing, deficit: 3 });
    const { body } = await act('receipts', { lines: [at(sku, { quantity: 5 })] });
    expect(body).toMatchObject({ lines: [{ free: 2 }] });
    expect(await accounts(sku)).toEqual({ ...owing, supply: 15, free: 2 });
    const more = { lines: [at(sku, { quantity: 9, reason: 'lost' })] };
    expect(await act('write-offs', more)).toMatchObject({
      status: 409,
      body: { code: 'STOCK_ACCOUNT_SHORT' },
    });
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

describe('what was done and what there is', () => {
  it('stands in the description of the interface, with every write and its key', async () => {
    const answer = await warehouse.app.inject({ method: 'GET', url: '/openapi.json' });
    const { paths } = answer.json<{ paths: Record<string, Record<string, unknown>> }>();
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      /^\/admin\/v1\/stock\/(?!lost-cells|recovery-cases)/.test(path)
        ? Object.entries(operations).map(([method, of]) => ({ path, method, of }))
        : [],
    );
    const writes = described.filter(({ method }) => method !== 'get');
    expect([described.length, writes.length]).toEqual([13, 10]);
    for (const { of } of writes) {
      expect(of).toMatchObject({ parameters: [{ name: 'Idempotency-Key', required: true }] });
    }
  });

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
