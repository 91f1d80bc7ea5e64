import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { productDetailView } from '@entrepot/contracts/api/catalog';
import { statement } from '@entrepot/platform-database';

import { openCatalogCell, startCatalogCell } from '../src/testing/index.ts';
import type { CatalogCell } from '../src/testing/index.ts';

let cell: CatalogCell;
let categoryId: string;

const tea = () => ({
  slug: 'nilgiri-tea',
  categoryId,
  translations: { en: { name: 'Nilgiri tea', summary: 'Fragrant.' } },
  options: [{ code: 'weight', labels: { en: 'Weight' }, values: [{ code: '100g', labels: {} }] }],
  variants: [
    {
      sku: 'NIL-100',
      choices: { weight: '100g' },
      prices: [{ market: 'in', salesChannelId: 'web', currency: 'INR', amountMinor: 29_900 }],
    },
  ],
});
const shown = async (locale = 'en') => {
  await cell.drainAll();
  return productDetailView.parse(
    (await cell.get(`/v1/products/nilgiri-tea?locale=${locale}`)).json(),
  );
};

beforeAll(async () => {
  cell = await startCatalogCell();
  const made = await cell.edit('POST', '/admin/v1/categories', {
    slug: 'tea',
    translations: { en: { name: 'Tea' } },
  });
  expect(made.statusCode).toBe(201);
  ({ categoryId } = made.json<{ categoryId: string }>());
}, 120_000);
afterAll(() => cell.stop());

describe('a merchandiser at the leader', () => {
  let productId: string;

  it('creates a product once, however often the same edit arrives', async () => {
    const key = { 'idempotency-key': crypto.randomUUID() };
    expect((await cell.get('/v1/products/nilgiri-tea')).statusCode).toBe(404);
    const answers = await Promise.all(
      [1, 2, 3].map(() => cell.edit('POST', '/admin/v1/products', tea(), key)),
    );
    expect(answers.map((answer) => answer.statusCode)).toEqual([201, 201, 201]);
    const ids = new Set(answers.map((answer) => answer.json<{ productId: string }>().productId));
    expect(ids.size).toBe(1);
    [productId = ''] = ids;
    // "there is no such product" was remembered a moment ago
    expect((await shown()).name).toBe('Nilgiri tea');
    expect((await cell.edit('POST', '/admin/v1/products', tea())).statusCode).toBe(409);
  });

  it('sets prices: the version of product and price grow, and readers see it', async () => {
    const before = await shown();
    const path = `/admin/v1/products/${productId}/variants/NIL-100/prices/in/web`;
    const body = { currency: 'INR', amountMinor: 31_900 };
    const answer = await cell.edit('PUT', path, body, { 'if-match': `"${before.version}"` });
    expect(answer.json()).toEqual({ productId, version: before.version + 1 });
    const after = await shown();
    expect(after.version).toBe(before.version + 1);
    expect(after.variants[0]).toMatchObject({ price: { amountMinor: 31_900 }, priceVersion: 2 });
    const late = await cell.edit('PUT', path, body, { 'if-match': `"${before.version}"` });
    expect([late.statusCode, late.json<{ code: string }>().code]).toEqual([412, 'PRODUCT_CHANGED']);
  });

  it('refuses a price in another currency than that of its market, or for no market', async () => {
    const before = await shown();
    const prices = `/admin/v1/products/${productId}/variants/NIL-100/prices`;
    for (const [market, path] of [
      ['in', 'currency'],
      ['us', 'market'],
    ] as const) {
      const body = { currency: 'USD', amountMinor: 500 };
      const refused = await cell.edit('PUT', `${prices}/${market}/web`, body);
      expect(refused.statusCode).toBe(400);
      expect(refused.json()).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ path }] });
    }
    expect(await shown()).toEqual(before);
  });

  it('translates, adds a variant, takes one away, archives', async () => {
    const root = `/admin/v1/products/${productId}`;
    await cell.edit('PUT', `${root}/translations/hi`, { name: 'नीलगिरि चाय' });
    expect(await shown('hi')).toMatchObject({ name: 'नीलगिरि चाय', locale: 'hi' });
    const wrong = { sku: 'NIL-9', choices: { weight: '9kg' } };
    const refused = await cell.edit('POST', `${root}/variants`, wrong);
    expect(refused.json()).toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ path: 'choices/weight' }],
    });
    const patched = await cell.edit('PATCH', `${root}/variants/NIL-100`, { status: 'ARCHIVED' });
    expect(patched.statusCode).toBe(200);
    await cell.drainAll();
    expect((await cell.get('/v1/products/nilgiri-tea')).statusCode).toBe(404);
    await cell.edit('PATCH', `${root}/variants/NIL-100`, { status: 'ACTIVE' });
    expect((await shown()).variants).toHaveLength(1);
    await cell.edit('PATCH', root, { status: 'ARCHIVED' });
    await cell.drainAll();
    expect((await cell.get('/v1/products/nilgiri-tea')).statusCode).toBe(404);
    expect((await cell.get('/v1/products?q=nilgiri')).json()).toMatchObject({ items: [] });
  });

  it('is refused what the contract does not name, and without a token', async () => {
    const body = { ...tea(), slug: 'other', price: 1 };
    expect((await cell.edit('POST', '/admin/v1/products', body)).statusCode).toBe(400);
    const anonymous = await cell.edit('POST', '/admin/v1/products', tea(), { authorization: '' });
    expect(anonymous.statusCode).toBe(401);
  });
});

describe('the database itself', () => {
  it('refuses a row below a product whose version was not raised', async () => {
    const bare = statement('spec.bare_price', 'UPDATE catalog.price SET amount_minor = 1');
    await expect(cell.database.execute(bare)).rejects.toThrow('without raising its version');
  });

  it('refuses a version that does not grow', async () => {
    const back = statement('spec.version_back', 'UPDATE catalog.product SET version = version');
    await expect(cell.database.execute(back)).rejects.toThrow('may only grow');
  });
});

describe('a merchandiser at a follower', () => {
  it('is told who leads the catalog', async () => {
    const { database } = cell;
    const follower = await openCatalogCell({ cell: 'eu-1', api: database, worker: database });
    const answer = await follower.edit('POST', '/admin/v1/products', tea());
    expect(answer.statusCode).toBe(421);
    expect(answer.json()).toMatchObject({
      code: 'CATALOG_LEADER_ELSEWHERE',
      leader: { cell: 'in-1', origin: 'http://in-1.localhost:4000' },
    });
    await follower.close();
  });
});
