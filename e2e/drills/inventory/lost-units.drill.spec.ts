import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { lender, soldToTheLast, StockGround } from './stock-ground.ts';

const limitMs = 300_000;

describe('Units that are written off', () => {
  const ground = new StockGround();
  beforeAll(() => ground.prepare(), limitMs);
  afterEach(() => ground.mend(), limitMs);
  afterAll(() => ground.close());

  it(
    'F16 more than are free: what another cell has free comes back, and the rest is sold once',
    async () => {
      const units = 20;
      const sku = await ground.article(units);
      expect(await ground.buy(lender, { sku, quantity: 8 })).toMatchObject({ end: 'confirmed' });
      // two are free here, ten over there
      await ground.document('write-offs', { sku, quantity: 6, reason: 'lost' });
      const left = units - 8 - 6;
      await ground.until(
        async () => (await ground.unitsOwed(lender, sku)) === 0,
        'the debt was not paid',
      );
      expect(await ground.sellOut(sku, left)).toBe(soldToTheLast(left));
    },
    limitMs,
  );
});
