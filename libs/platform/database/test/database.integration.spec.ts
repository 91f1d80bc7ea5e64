import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';

import { statement } from '../src/index.ts';
import type { ShopDatabase } from '../src/index.ts';

describe('a database', () => {
  let shop: TestDatabase<'shop'>;
  let database: ShopDatabase;

  beforeAll(async () => {
    shop = await testDatabase('shop', { cell: 'eu-1' });
    database = shop.open('api');
  });
  afterAll(() => shop.drop());

  it('tells which cell it belongs to', async () => {
    const identity = statement('spec.identity', 'SELECT cell, region FROM cell.identity');
    expect(await database.query(identity)).toEqual([{ cell: 'eu-1', region: 'eu' }]);
  });

  it('is healthy', async () => {
    expect(await database.isHealthy()).toBe(true);
  });
});
