import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { cutBorder, delayBorder, healBorder, muffle } from './border-faults.ts';
import { asker, lender, sides, soldToTheLast, StockGround } from './stock-ground.ts';

const limitMs = 300_000;
/** Each side begins with half of them. */
const units = 10;
/** More than a half: whoever wants them has to borrow. */
const quantity = 7;
const left = units - quantity;
/** For as long as an order may be open at a client that gives up. */
const partedMs = 3_000;

describe('Cells that cannot reach each other', () => {
  const ground = new StockGround();
  beforeAll(() => ground.prepare(), limitMs);
  afterEach(() => ground.mend(), limitMs);
  afterAll(() => ground.close());

  /** What buyers are told while units are out of reach: neither that they got them nor that there are none. */
  const undecided = { end: 'open', code: 'STOCK_UNDECIDED' };

  it(
    'F1 before a grant is committed: the order waits, and gets its units after the heal',
    async () => {
      const sku = await ground.article(units);
      const before = await ground.granted(sku);
      await cutBorder();
      const gaveUp = await ground.buy(asker, { sku, quantity, patienceMs: partedMs });
      expect(gaveUp).toMatchObject(undecided);
      expect(await ground.granted(sku)).toBe(before);
      await healBorder();
      const again = await ground.order(asker, ground.floor.through(gaveUp.filled, 0), gaveUp.key);
      expect(again).toMatchObject({ end: 'confirmed' });
      expect(await ground.sellOut(sku, left)).toBe(soldToTheLast(left));
    },
    limitMs,
  );

  it(
    'F2 while a grant is committed: it arrives after the heal, once',
    async () => {
      const sku = await ground.article(units);
      const before = await ground.granted(sku);
      const gate = await ground.shut(lender, 'channel', sku);
      const buying = ground.buy(asker, { sku, quantity });
      await gate.reached();
      await cutBorder();
      await gate.open();
      await ground.untilGranted(sku, before);
      expect(await ground.applied(sku)).toBe(before);
      await healBorder();
      expect(await buying).toMatchObject({ end: 'confirmed' });
      expect(await ground.sellOut(sku, left)).toBe(soldToTheLast(left));
    },
    limitMs,
  );

  it(
    'F3 after a grant is committed: what was on its way is for sale after the heal, once',
    async () => {
      const sku = await ground.article(units);
      const before = await ground.granted(sku);
      const gate = await ground.shut(lender, 'channel', sku);
      const buying = ground.buy(asker, { sku, quantity });
      await gate.reached();
      await muffle({ by: lender.cell, to: asker.cell });
      await gate.open();
      await ground.untilGranted(sku, before);
      await cutBorder();
      await sleep(partedMs);
      expect(await ground.applied(sku)).toBe(before);
      await healBorder();
      expect(await buying).toMatchObject({ end: 'confirmed' });
      expect(await ground.sellOut(sku, left)).toBe(soldToTheLast(left));
    },
    limitMs,
  );

  it.each(sides.map((deaf) => ({ deaf, of: sides.find((side) => side !== deaf)?.cell ?? '' })))(
    'F9 by a link that carries one way only, $deaf.cell hearing nothing of $of: nobody is told that there is nothing',
    async ({ deaf, of }) => {
      const sku = await ground.article(units);
      await muffle({ by: of, to: deaf.cell });
      const parted = await Promise.all(
        sides.map((side) => ground.buy(side, { sku, quantity, patienceMs: partedMs })),
      );
      for (const bought of parted) expect(bought).toMatchObject(undecided);
      await healBorder();
      // both want seven of ten: the one that comes first gets them, and the other is told how it is
      const ends = await Promise.all(
        sides.map(async (side, at) => {
          const { filled, key } = parted[at] ?? {};
          if (filled === undefined) throw new TypeError('nobody has bought');
          return (await ground.order(side, ground.floor.through(filled, 0), key)).end;
        }),
      );
      expect(ends.toSorted()).toEqual(['confirmed', 'refused']);
      expect(await ground.sellOut(sku, left)).toBe(soldToTheLast(left));
    },
    limitMs,
  );

  it(
    'F10 by 300 ms of round trip: units are borrowed all the same',
    async () => {
      const sku = await ground.article(units);
      await delayBorder(300);
      expect(await ground.buy(asker, { sku, quantity })).toMatchObject({ end: 'confirmed' });
      expect(await ground.sellOut(sku, left)).toBe(soldToTheLast(left));
    },
    limitMs,
  );

  it(
    'F11 by 3 s of round trip: nobody is told that there is nothing, and each sells what it has',
    async () => {
      const sku = await ground.article(units);
      await delayBorder(3_000);
      const own = await ground.buy(asker, { sku, quantity: 2 });
      expect(own).toMatchObject({ end: 'confirmed' });
      const far = await ground.buy(asker, { sku, quantity: units - 2, patienceMs: 20_000 });
      expect(['confirmed', 'open']).toContain(far.end);
      await healBorder();
      const again = await ground.order(asker, ground.floor.through(far.filled, 0), far.key);
      expect(again).toMatchObject({ end: 'confirmed' });
      expect(await ground.sellOut(sku, 0)).toBe(soldToTheLast(0));
    },
    limitMs,
  );

  it(
    'F17 while a return is taken in: it is for sale at home at once and abroad after the heal',
    async () => {
      const sku = await ground.article(units);
      for (const side of sides) {
        expect(await ground.buy(side, { sku, quantity: units / 2 })).toMatchObject({
          end: 'confirmed',
        });
      }
      await cutBorder();
      await ground.document('returns', { sku, sellable: 3, damaged: 1 });
      expect(await ground.buy(lender, { sku, quantity: 1 })).toMatchObject({ end: 'confirmed' });
      const abroad = await ground.buy(asker, { sku, quantity: 1, patienceMs: partedMs });
      expect(abroad).toMatchObject(undecided);
      await healBorder();
      const again = await ground.order(asker, ground.floor.through(abroad.filled, 0), abroad.key);
      expect(again).toMatchObject({ end: 'confirmed' });
      expect(await ground.sellOut(sku, 1)).toBe(soldToTheLast(1));
    },
    limitMs,
  );
});
