import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  categoryListView,
  productDetailView,
  productPageView,
} from '@entrepot/contracts/api/catalog';

import {
  CatalogLoader,
  startCatalogCell,
  testCategories,
  testProduct,
} from '../src/testing/index.ts';
import type { CatalogCell } from '../src/testing/index.ts';

let cell: CatalogCell;
const names = (body: string): string[] =>
  productPageView.parse(JSON.parse(body)).items.map((item) => item.name);

beforeAll(async () => {
  cell = await startCatalogCell();
  const loader = new CatalogLoader(cell.database);
  await loader.loadCategories(testCategories);
  await loader.loadProducts(Array.from({ length: 30 }, (_, n) => testProduct(n)));
  await cell.drainAll();
}, 120_000);
afterAll(() => cell.stop());

describe('the shop window', () => {
  it('answers many cold questions at once', async () => {
    const limits = Array.from({ length: 64 }, (_, n) => n + 1);
    const paths = limits.map((limit) => `/v1/products?category=lamps&limit=${limit}`);
    const answers = await Promise.all(paths.map((path) => cell.get(path)));
    expect(new Set(answers.map((answer) => answer.statusCode))).toEqual(new Set([200]));
  });

  it('pages through a list without gap or repetition, in every order', async () => {
    for (const sort of ['featured', 'newest', 'priceAsc', 'priceDesc']) {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const answer = await cell.get(`/v1/products?sort=${sort}&limit=7${after}`);
        expect(answer.statusCode).toBe(200);
        const page = productPageView.parse(answer.json());
        seen.push(...page.items.map((item) => item.slug));
        cursor = page.nextCursor;
      }
      expect(new Set(seen).size).toBe(30);
      expect(seen).toHaveLength(30);
    }
  });

  it('sorts by price in the currency of its market', async () => {
    const page = productPageView.parse((await cell.get('/v1/products?sort=priceDesc')).json());
    const prices = page.items.map((item) => item.priceFrom.amountMinor);
    expect(prices).toEqual(prices.toSorted((a, b) => b - a));
    expect(new Set(page.items.map((item) => item.priceFrom.currency))).toEqual(new Set(['INR']));
  });

  it('speaks the language of the address, then of the client, then its own', async () => {
    const german = { 'accept-language': 'fr, de-AT;q=0.9, en;q=0.5' };
    expect(names((await cell.get('/v1/products?limit=1', german)).body)).toEqual(['Laterne 0']);
    const hindi = await cell.get('/v1/products?limit=1&locale=hi', german);
    expect(names(hindi.body)).toEqual(['लालटेन 0']);
    expect(names((await cell.get('/v1/products?limit=1')).body)).toEqual(['Lantern 0']);
  });

  it('lists a category with all below it, and the tree in three languages', async () => {
    expect(names((await cell.get('/v1/products?category=home&limit=100')).body)).toHaveLength(30);
    const tree = categoryListView.parse((await cell.get('/v1/categories?locale=hi')).json());
    expect(tree.items[0]).toMatchObject({ slug: 'home', locale: 'en' });
    expect(tree.items[0]?.children[0]).toMatchObject({ name: 'दीपक', locale: 'hi' });
    expect((await cell.get('/v1/products?category=none')).statusCode).toBe(404);
  });

  it('finds words in each language, article numbers, and what was misspelt', async () => {
    const search = async (q: string, locale: string) => {
      const path = `/v1/products?limit=100&locale=${locale}&q=${encodeURIComponent(q)}`;
      return names((await cell.get(path)).body).length;
    };
    expect(await search('lanterns', 'en')).toBe(30);
    expect(await search('Laternen', 'de')).toBe(30);
    expect(await search('लालटेन', 'hi')).toBe(30);
    expect(await search('TEST-7-large', 'en')).toBe(1);
    expect(await search('lantren', 'en')).toBeGreaterThan(0);
    expect(await search('submarine', 'en')).toBe(0);
  });

  it('pages through what a search finds', async () => {
    const first = productPageView.parse((await cell.get('/v1/products?q=lantern&limit=20')).json());
    const next = `/v1/products?q=lantern&limit=20&cursor=${first.nextCursor}`;
    const second = productPageView.parse((await cell.get(next)).json());
    expect(new Set([...first.items, ...second.items].map((item) => item.id)).size).toBe(30);
    expect(second.nextCursor).toBeNull();
  });

  it('shows a product with its options, variants and prices', async () => {
    const answer = await cell.get('/v1/products/product-3?locale=de');
    const product = productDetailView.parse(answer.json());
    expect(product.options[0]).toMatchObject({ code: 'size', label: 'Größe' });
    expect(product.variants.map(({ price }) => price.amountMinor)).toEqual([10_300, 10_350]);
    expect(product.variants[0]?.priceVersion).toBe(1);
    expect((await cell.get('/v1/products/absent')).statusCode).toBe(404);
  });

  it('answers 304 to who has the answer already', async () => {
    for (const path of ['/v1/products?limit=5', '/v1/products/product-3', '/v1/categories']) {
      const first = await cell.get(path);
      const etag = String(first.headers.etag);
      const again = await cell.get(path, { 'if-none-match': etag });
      expect([again.statusCode, again.body]).toEqual([304, '']);
    }
  });

  it('refuses what is no question', async () => {
    const bad = ['limit=0', 'limit=101', 'limit=x', 'cursor=abc', 'sort=relevance', 'colour=red'];
    for (const query of bad) {
      expect((await cell.get(`/v1/products?${query}`)).statusCode).toBe(400);
    }
  });

  it('shows the same over GraphQL, with details where they are asked for', async () => {
    const { data, errors } = await cell.graphql(
      `{ products(limit: 2, locale: de) { nextCursor
           items { slug name priceFrom { amountMinor currency }
                   variants { sku choices { option value } } } }
         product(slug: "product-4") { description options { label } }
         categories { slug children { slug } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      products: {
        items: [
          { name: 'Laterne 0', variants: [{ sku: 'TEST-0-small' }, { sku: 'TEST-0-large' }] },
          { name: 'Laterne 1' },
        ],
      },
      product: { description: 'Made of brass.', options: [{ label: 'Size' }] },
      categories: [{ slug: 'home', children: [{ slug: 'lamps' }] }],
    });
  });
});
