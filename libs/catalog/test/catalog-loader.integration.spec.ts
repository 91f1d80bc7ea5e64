import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OutcomeUnknownError } from '@entrepot/kernel';
import type { CatalogDatabase } from '@entrepot/platform-database';

import {
  CatalogLoader,
  startCatalogCell,
  testCategories,
  testProduct,
} from '../src/testing/index.ts';
import type { CatalogCell } from '../src/testing/index.ts';

let cell: CatalogCell;

beforeAll(async () => {
  cell = await startCatalogCell();
  await new CatalogLoader(cell.database).loadCategories(testCategories);
}, 120_000);
afterAll(() => cell.stop());

/** Loses the answers of its first transactions, which did commit. */
function losingAnswers(database: CatalogDatabase, losses: number): CatalogDatabase {
  let lost = 0;
  const unitOfWork: CatalogDatabase['unitOfWork'] = async (work) => {
    const result = await database.unitOfWork(work);
    if (lost === losses) return result;
    lost += 1;
    throw new OutcomeUnknownError('lost');
  };
  return Object.assign(Object.create(database) as CatalogDatabase, { unitOfWork });
}

describe('loading products', () => {
  it('counts and writes each once when the answer of a transaction is lost', async () => {
    const products = Array.from({ length: 30 }, (_, n) => testProduct(n));
    const loader = new CatalogLoader(losingAnswers(cell.database, 1));
    expect(await loader.loadProducts(products)).toEqual({ added: 30, present: 0 });
    expect(await loader.loadProducts(products)).toEqual({ added: 0, present: 30 });
  });
});
