import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Provider } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ProductId, VariantId } from '@entrepot/kernel';
import { AbsentSharedCache } from '@entrepot/platform-cache';

import { ProductPartLoaders } from '../src/adapters/product-part-loaders.ts';
import type { VariantPrice } from '../src/domain/product.ts';
import {
  CatalogLoader,
  openShopWindow,
  startCatalogCell,
  testCategories,
  testProduct,
} from '../src/testing/index.ts';
import type { CatalogCell } from '../src/testing/index.ts';

const pageSizes = [1, 10, 100];
const paths = ['category=home', 'sort=priceAsc', 'q=lantern'];
const graphqlPage = (limit: number) =>
  `{ products(limit: ${limit}) { items { name description variants { sku price { amountMinor } } } } }`;

/** What a page costs when the batch loader of prices has been taken out. */
class PricesOneByOne extends ProductPartLoaders {
  protected override async loadPrices(
    ids: readonly ProductId[],
  ): Promise<ReadonlyMap<VariantId, VariantPrice>> {
    const each = await Promise.all(ids.map((id) => super.loadPrices([id])));
    return new Map(each.flatMap((prices) => [...prices]));
  }
}

let cell: CatalogCell;

beforeAll(async () => {
  cell = await startCatalogCell();
  const loader = new CatalogLoader(cell.database);
  await loader.loadCategories(testCategories);
  await loader.loadProducts(Array.from({ length: 110 }, (_, n) => testProduct(n)));
  await cell.drainAll();
}, 120_000);
afterAll(() => cell.stop());

/** Statements per page size, without any cache between the question and the database. */
async function countStatements(
  ask: (app: NestFastifyApplication, limit: number) => Promise<{ readonly statusCode: number }>,
  replacements: readonly Provider[] = [],
): Promise<number[]> {
  const { context, database } = cell;
  const cache = new AbsentSharedCache();
  const app = await openShopWindow({ context, database, cache, replacements });
  const counts: number[] = [];
  for (const limit of pageSizes) {
    const before = database.statementsSent;
    expect((await ask(app, limit)).statusCode).toBe(200);
    counts.push(database.statementsSent - before);
  }
  await app.close();
  return counts;
}

const overRest = (query: string) => (app: NestFastifyApplication, limit: number) =>
  app.inject({ method: 'GET', url: `/v1/products?${query}&limit=${limit}` });
const overGraphql = (app: NestFastifyApplication, limit: number) =>
  app.inject({ method: 'POST', url: '/graphql', payload: { query: graphqlPage(limit) } });

describe('the number of SQL statements', () => {
  it.each(paths)('does not depend on the page size: REST %s', async (query) => {
    const [one, ten, hundred] = await countStatements(overRest(query));
    expect([ten, hundred]).toEqual([one, one]);
  });

  it('does not depend on the page size: GraphQL with details of every product', async () => {
    const [one, ten, hundred] = await countStatements(overGraphql);
    expect([ten, hundred]).toEqual([one, one]);
  });

  it('is seen to grow when one batch loader is taken out', async () => {
    const replacements = [{ provide: ProductPartLoaders, useClass: PricesOneByOne }];
    for (const ask of [overRest('category=home'), overGraphql]) {
      const [one = 0, ten = 0, hundred = 0] = await countStatements(ask, replacements);
      expect(ten).toBeGreaterThanOrEqual(one + 9);
      expect(hundred).toBeGreaterThanOrEqual(one + 99);
    }
  });
});
