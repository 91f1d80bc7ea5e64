import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { healBorder, linkFaults, linksBetween } from './border-faults.ts';
import { asker, lender, soldToTheLast, StockGround } from './stock-ground.ts';

const limitMs = 300_000;
/** Each side begins with half of them. */
const units = 10;
/** More than a half: the asker has to borrow. */
const quantity = 7;
const left = units - quantity;
/** How long the buyer asks while the fault lasts. */
const patienceMs = 4_000;

const cases = linksBetween(lender.cell, asker.cell).flatMap((link) =>
  Object.entries(linkFaults).map(([fault, strike]) => ({ link, fault, strike })),
);

describe('One link of the border', () => {
  const ground = new StockGround();
  beforeAll(() => ground.prepare(), limitMs);
  afterEach(() => ground.mend(), limitMs);
  afterAll(() => ground.close());

  it.each(cases)(
    'F20 $link $fault: whoever has to borrow is not told that there is nothing, and each unit is sold once',
    async ({ link, strike }) => {
      const sku = await ground.article(units);
      await strike(link);
      const meanwhile = await ground.buy(asker, { sku, quantity, patienceMs });
      expect(['confirmed', 'open']).toContain(meanwhile.end);
      await healBorder();
      const through = ground.floor.through(meanwhile.filled, 0);
      expect(await ground.order(asker, through, meanwhile.key)).toMatchObject({ end: 'confirmed' });
      expect(await ground.sellOut(sku, left)).toBe(soldToTheLast(left));
    },
    limitMs,
  );
});
