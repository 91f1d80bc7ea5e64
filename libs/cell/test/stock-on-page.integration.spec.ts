import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  CatalogLoader,
  contextOf,
  openShopWindow,
  startCatalogCell,
  testCategories,
  testProduct,
} from '@entrepot/catalog/testing';
import type { CatalogCell } from '@entrepot/catalog/testing';
import { openInventory } from '@entrepot/inventory';
import type { Inventory, InventoryOptions } from '@entrepot/inventory';
import type { CellId } from '@entrepot/kernel';
import { AbsentSharedCache } from '@entrepot/platform-cache';
import type { ShopDatabase } from '@entrepot/platform-database';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import { StockOnShow } from '../src/stock-on-show.ts';

const india = 'in-1' as CellId;
const directory = {
  cells: [{ id: india, warehouses: [{ id: 'blr' }, { id: 'del' }] }],
} as unknown as InventoryOptions['directory'];
const nobody: InventoryOptions['peers'] = {
  borrow: () => Promise.reject(new TypeError('nobody is asked')),
  exchangeTotals: () => Promise.reject(new TypeError('nobody is asked')),
};

const page = (limit: number, quantity = 1) =>
  `{ products(limit: ${limit}) { items { variants { sku
      availability(quantity: ${quantity}) { answer band available peersHeardSecondsAgo } } } } }`;

interface Variant {
  readonly sku: string;
  readonly availability: { readonly answer: string; readonly band: string };
}
interface PageAnswer {
  readonly data: { readonly products: { readonly items: { readonly variants: Variant[] }[] } };
}

describe('the stock on a page of products', () => {
  let catalog: CatalogCell;
  let database: TestDatabase<'shop'>;
  let shop: ShopDatabase;
  let inventory: Inventory;
  let app: NestFastifyApplication;

  beforeAll(async () => {
    catalog = await startCatalogCell();
    const loader = new CatalogLoader(catalog.database);
    await loader.loadCategories(testCategories);
    await loader.loadProducts(Array.from({ length: 110 }, (_, n) => testProduct(n)));
    await catalog.drainAll();
    database = await testDatabase('shop', { cell: india });
    shop = database.open('api');
    inventory = openInventory({ cell: india, directory, shop, peers: nobody });
    app = await openShopWindow({
      context: contextOf(india),
      database: catalog.database,
      cache: new AbsentSharedCache(),
      stock: new StockOnShow(inventory.readAvailability),
    });
  }, 120_000);
  afterAll(async () => {
    await app.close();
    await catalog.stop();
    await database.drop();
  });

  async function ask(query: string) {
    const answer = await app.inject({ method: 'POST', url: '/graphql', payload: { query } });
    expect(answer.statusCode).toBe(200);
    return answer.json<PageAnswer>();
  }
  const variantsOf = ({ data }: PageAnswer): Variant[] =>
    data.products.items.flatMap(({ variants }) => variants);

  it('is shown beside each variant', async () => {
    const [first] = variantsOf(await ask(page(1)));
    const sku = first?.sku ?? '';
    await inventory.receiveStock.execute('one', [{ sku, warehouse: 'del', quantity: 3 }]);
    const shown = variantsOf(await ask(page(1))).find((variant) => variant.sku === sku);
    expect(shown?.availability).toEqual({
      answer: 'LOW',
      band: 'FEW',
      available: null,
      peersHeardSecondsAgo: null,
    });
  });

  it('costs as many statements for a hundred products as for one', async () => {
    const counts: number[][] = [];
    for (const limit of [1, 10, 100]) {
      // what was looked at a moment ago is not looked at again
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const before = [shop.statementsSent, catalog.database.statementsSent];
      const shown = variantsOf(await ask(page(limit)));
      expect(shown.length).toBeGreaterThanOrEqual(limit);
      counts.push(
        [shop.statementsSent, catalog.database.statementsSent].map(
          (sent, at) => sent - (before[at] ?? 0),
        ),
      );
    }
    const [one] = counts;
    expect(counts).toEqual([one, one, one]);
    expect(one?.[0]).toBeLessThanOrEqual(2);
  });

  it('costs as many statements for twenty quantities as for one', async () => {
    const counts: number[] = [];
    for (const count of [1, 20]) {
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const asked = Array.from(
        { length: count },
        (_, n) =>
          `a${n}: availability(articles: [{ sku: "many-${n}" }, { sku: "all", quantity: ${n + 1} }]) { answer }`,
      );
      const before = shop.statementsSent;
      await ask(`{ ${asked.join(' ')} }`);
      counts.push(shop.statementsSent - before);
    }
    expect(counts).toEqual([2, 2]);
  });

  it('answers for the lines of a cart, each in its quantity', async () => {
    await inventory.receiveStock.execute('two', [{ sku: 'a', warehouse: 'del', quantity: 3 }]);
    const lines = '[{ sku: "a", quantity: 4 }, { sku: "b" }, { sku: "a", quantity: 3 }]';
    expect(await ask(`{ availability(articles: ${lines}) { sku answer } }`)).toEqual({
      data: {
        availability: [
          { sku: 'a', answer: 'BORROWING' },
          { sku: 'b', answer: 'BORROWING' },
          { sku: 'a', answer: 'LOW' },
        ],
      },
    });
  });

  it('refuses quantities and articles as REST does', async () => {
    const tooMany = Array.from({ length: 101 }, () => '{ sku: "a" }').join();
    for (const [articles, path] of [
      ['{ sku: "a" }, { sku: "a", quantity: 0 }', 'articles/1/quantity'],
      ['', 'articles'],
      [tooMany, 'articles'],
      ['{ sku: "%" }', 'articles/0/sku'],
    ]) {
      const answer = await app.inject({
        method: 'POST',
        url: '/graphql',
        payload: { query: `{ availability(articles: [${articles}]) { sku } }` },
      });
      expect(answer.json()).toMatchObject({
        errors: [{ extensions: { code: 'VALIDATION_FAILED', errors: [{ path }] } }],
      });
    }
  });
});
