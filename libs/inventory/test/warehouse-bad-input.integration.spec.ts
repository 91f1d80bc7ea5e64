import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@entrepot/testing';
import { openWarehouse, type Warehouse } from './warehouse-surface.ts';

interface Problem {
  readonly errors?: readonly { readonly path: string }[];
}

let database: TestDatabase<'shop'>;
let warehouse: Warehouse;

beforeAll(async () => {
  database = await testDatabase('shop', { cell: 'in-1' });
  warehouse = await openWarehouse(database.open('api'));
}, 120_000);
afterAll(async () => {
  await warehouse.app.close();
  await database.drop();
});

const at = (sku: string, of: object = {}) => ({ sku, warehouse: 'blr', ...of });
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
    ['receipts', { ...line({}), forecast: { 'in-1': -1 } }, 400, 'forecast/in-1'],
    ['receipts', { ...line({}), forecast: { 'in-1': 0 } }, 400, 'forecast'],
    ['receipts', { ...line({}), forecast: { 'in-1': 1 }, into: 'quarantine' }, 400, 'forecast'],
    ['receipts', { ...line({}), forecast: { 'eu-9': 1 } }, 422, 'forecast/eu-9'],
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
    ['receipts', line({ warehouse: 'none' }), 'lines/0/warehouse'],
    ['transfers', { from: 'blr', to: 'none', lines: [{ sku: 'a', quantity: 1 }] }, 'to'],
    ['pools?warehouse=none', undefined, 'warehouse'],
    ['pools/none/a', undefined, 'warehouse'],
    ['documents?warehouse=none', undefined, 'warehouse'],
  ])('%s knows no warehouse that no cell has', async (path, body, field) => {
    const answer = await warehouse.call<Problem & { readonly code: string }>(path, { body });
    expect(answer).toMatchObject({ status: 404, body: { code: 'WAREHOUSE_UNKNOWN' } });
    expect(answer.body.errors?.map((error) => error.path)).toEqual([field]);
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
