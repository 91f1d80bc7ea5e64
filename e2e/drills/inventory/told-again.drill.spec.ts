import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { cutBorder, healBorder, muffle } from './border-faults.ts';
import { GrantRecords } from './grant-records.ts';
import { asker, lender, soldToTheLast, StockGround } from './stock-ground.ts';

const limitMs = 300_000;
const dayMs = 24 * 3_600_000;
const units = 20;
const consumerGroup = 'border.inventory.quota-grants';

describe('A grant that is told more than once', () => {
  const ground = new StockGround();
  beforeAll(() => ground.prepare(), limitMs);
  afterEach(() => ground.mend(), limitMs);
  afterAll(() => ground.close());

  const copies = () => GrantRecords.heardBy(ground.floor.cell(asker.cell), lender.cell);

  /** Borrows twice, so that there are several totals of one channel; ten units are left. */
  async function borrowTwice(): Promise<string> {
    const sku = await ground.article(units);
    // 10 are here; of the others some come with each borrow
    expect(await ground.buy(asker, { sku, quantity: 8 })).toMatchObject({ end: 'confirmed' });
    expect(await ground.buy(asker, { sku, quantity: 4 })).toMatchObject({ end: 'confirmed' });
    expect(await ground.buy(asker, { sku, quantity: 4 })).toMatchObject({ end: 'confirmed' });
    await ground.untilArrived(sku, 12);
    return sku;
  }

  it(
    'F5 twice and in the wrong order gives nothing twice',
    async () => {
      const sku = await borrowTwice();
      const records = await copies().about(sku);
      expect(records.length).toBeGreaterThanOrEqual(2);
      const before = await ground.applied(sku);
      await copies().tellAgain([...records, ...records.toReversed()]);
      await copies().untilHandledBy(consumerGroup);
      expect(await ground.applied(sku)).toBe(before);
      expect(await ground.sellOut(sku, 4)).toBe(soldToTheLast(4));
    },
    limitMs,
  );

  it(
    'F8 a day late takes nothing back',
    async () => {
      const sku = await borrowTwice();
      const [first] = await copies().about(sku);
      if (first === undefined) throw new TypeError('nothing was told of the article');
      const before = await ground.applied(sku);
      await copies().tellAgain([first], new Date(Date.now() - dayMs));
      await copies().untilHandledBy(consumerGroup);
      expect(await ground.applied(sku)).toBe(before);
      expect(await ground.sellOut(sku, 4)).toBe(soldToTheLast(4));
    },
    limitMs,
  );

  it(
    'F6 in a compacted topic is told by the last total alone, which is as good as all of them',
    async () => {
      const sku = await ground.article(40);
      const told = GrantRecords.toldBy(ground.floor.cell(lender.cell));
      await cutBorder(['kafka-border']);
      expect(await ground.buy(asker, { sku, quantity: 21 })).toMatchObject({ end: 'confirmed' });
      const before = await ground.granted(sku);
      const gate = await ground.shut(lender, 'channel', sku);
      const buying = ground.buy(asker, { sku, quantity: 12, patienceMs: 240_000 });
      await gate.reached();
      await muffle({ by: lender.cell, to: asker.cell }, 'drop', ['cell-http']);
      await gate.open();
      await ground.until(async () => (await told.about(sku)).length > 2, 'it was not told');
      await told.compact(sku);
      expect(await ground.applied(sku)).toBe(before);
      // no call between the cells is answered meanwhile, so it can only be the record
      await healBorder(['kafka-border']);
      await ground.untilArrived(sku, before + 1);
      await healBorder();
      expect(await buying).toMatchObject({ end: 'confirmed' });
      expect(await ground.sellOut(sku, 7)).toBe(soldToTheLast(7));
    },
    limitMs,
  );

  it(
    'F7 by Kafka alone, with the consumer killed over it, is taken in by who comes next',
    async () => {
      const sku = await ground.article(units);
      const before = await ground.granted(sku);
      const gate = await ground.shut(lender, 'channel', sku);
      const buying = ground.buy(asker, { sku, quantity: 14 });
      await gate.reached();
      await muffle({ by: lender.cell, to: asker.cell }, 'drop', ['cell-http']);
      await gate.open();
      await ground.untilGranted(sku, before);
      await ground.kill(asker, 'border');
      await ground.untilArrived(sku, before + 1);
      await healBorder();
      expect(await buying).toMatchObject({ end: 'confirmed' });
      expect(await ground.sellOut(sku, 6)).toBe(soldToTheLast(6));
    },
    limitMs,
  );
});
