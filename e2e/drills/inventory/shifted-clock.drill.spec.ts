import { afterEach, describe, expect, it } from '@jest/globals';

import { must } from '../../src/operator.ts';
import { asker, lender, soldToTheLast, StockGround } from './stock-ground.ts';

const limitMs = 900_000;
/** Each side begins with half of them. */
const units = 20;
/** The asker has to borrow for it. */
const borrowed = 13;
const returned = 2;
const left = units - borrowed + returned;

describe('A cell whose clock is an hour off', () => {
  let ground: StockGround | undefined;
  afterEach(async () => {
    await ground?.close();
    await must('stop');
    await must('start', '--detach');
  }, limitMs);

  it.each([
    ['ahead', '3600'],
    ['behind', '-3600'],
  ])(
    'F14 %s borrows, takes returns in and sells each unit once',
    async (_, seconds) => {
      await must('stop');
      await must('start', '--detach', '--clock', `${asker.cell}=${seconds}`);
      ground = new StockGround();
      const sku = await ground.article(units);
      const bought = await ground.buy(asker, { sku, quantity: borrowed });
      expect(bought).toMatchObject({ end: 'confirmed' });
      await ground.document('returns', { sku, sellable: returned, damaged: 0 });
      expect(await ground.buy(lender, { sku, quantity: 1 })).toMatchObject({ end: 'confirmed' });
      expect(await ground.sellOut(sku, left - 1)).toBe(soldToTheLast(left - 1));
    },
    limitMs,
  );
});
