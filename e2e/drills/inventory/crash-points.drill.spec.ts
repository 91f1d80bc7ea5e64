import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { dropWhatIsUnderWay, healBorder, muffle } from './border-faults.ts';
import { asker, lender, soldToTheLast, StockGround } from './stock-ground.ts';

const limitMs = 300_000;
/** Each side begins with half of them. */
const units = 10;
/** More than a half: the asker has to borrow. */
const quantity = 7;
const left = units - quantity;
/** An order has asked by then, and has not given up yet. */
const askedByMs = 600;
const lenderToAsker = { by: lender.cell, to: asker.cell };

describe('A borrow in which a process dies', () => {
  const ground = new StockGround();
  beforeAll(() => ground.prepare(), limitMs);
  afterEach(() => ground.mend(), limitMs);
  afterAll(() => ground.close());

  const buyTooMany = (sku: string, patienceMs?: number) =>
    ground.buy(asker, { sku, quantity, ...(patienceMs !== undefined && { patienceMs }) });

  it(
    'C1 after the ask was sent: nothing has happened, and it is asked again',
    async () => {
      const sku = await ground.article(units);
      const before = await ground.granted(sku);
      await muffle({ by: asker.cell, to: lender.cell }, 'hold', ['cell-http']);
      const buying = buyTooMany(sku);
      await sleep(askedByMs);
      await ground.kill(asker, 'border');
      expect(await ground.granted(sku)).toBe(before);
      await dropWhatIsUnderWay();
      expect(await buying).toMatchObject({ end: 'confirmed' });
      expect(await ground.sellOut(sku, left)).toBe(soldToTheLast(left));
    },
    limitMs,
  );

  it(
    'C2 after the ask was heard and before the grant is committed: nothing was given',
    async () => {
      const sku = await ground.article(units);
      const before = await ground.granted(sku);
      const gate = await ground.shut(lender, 'channel', sku);
      const buying = buyTooMany(sku);
      await gate.reached();
      await ground.kill(lender, 'border');
      await gate.turnAway();
      expect(await ground.granted(sku)).toBe(before);
      await gate.open();
      expect(await buying).toMatchObject({ end: 'confirmed' });
      expect(await ground.sellOut(sku, left)).toBe(soldToTheLast(left));
    },
    limitMs,
  );

  it(
    'C3 after the grant is committed and before it is answered: the units are on their way, once',
    async () => {
      const sku = await ground.article(units);
      const before = await ground.granted(sku);
      const gate = await ground.shut(lender, 'channel', sku);
      const buying = buyTooMany(sku);
      await gate.reached();
      await muffle(lenderToAsker);
      await gate.open();
      await ground.untilGranted(sku, before);
      await ground.kill(lender, 'border');
      expect(await ground.applied(sku)).toBe(before);
      await dropWhatIsUnderWay();
      expect(await buying).toMatchObject({ end: 'confirmed' });
      expect(await ground.sellOut(sku, left)).toBe(soldToTheLast(left));
    },
    limitMs,
  );

  it(
    'C4 F4 when the answer is lost and its copy comes by Kafka: the first to come is taken in, no other',
    async () => {
      const sku = await ground.article(units);
      const before = await ground.granted(sku);
      const gate = await ground.shut(lender, 'channel', sku);
      const buying = buyTooMany(sku);
      await gate.reached();
      await muffle(lenderToAsker, 'drop', ['cell-http']);
      await gate.open();
      await ground.untilGranted(sku, before);
      // no call between the cells is answered meanwhile, so it can only be the copy
      await ground.untilArrived(sku, before + 1);
      await healBorder();
      expect(await buying).toMatchObject({ end: 'confirmed' });
      expect(await ground.sellOut(sku, left)).toBe(soldToTheLast(left));
    },
    limitMs,
  );

  it(
    'C5 after the answer was heard and before it is taken in: it comes again',
    async () => {
      const sku = await ground.article(units);
      const before = await ground.applied(sku);
      await muffle(lenderToAsker, 'hold', ['kafka-border']);
      const gate = await ground.shut(asker, 'channel', sku);
      const buying = buyTooMany(sku);
      await gate.reached();
      await ground.kill(asker, 'api-1');
      await gate.turnAway();
      expect(await ground.applied(sku)).toBe(before);
      await gate.open();
      await healBorder();
      expect(await buying).toMatchObject({ end: 'confirmed' });
      expect(await ground.sellOut(sku, left)).toBe(soldToTheLast(left));
    },
    limitMs,
  );

  it(
    'C6 after the units were taken in and before the order gets them: they are for sale here',
    async () => {
      const sku = await ground.article(units);
      const before = await ground.applied(sku);
      const gate = await ground.shut(asker, 'hold', sku);
      const buying = buyTooMany(sku);
      await gate.reached();
      await ground.kill(asker, 'api-1');
      await gate.turnAway();
      expect(await ground.applied(sku)).toBeGreaterThan(before);
      expect(await ground.unitsHeld(asker, sku)).toBe(0);
      await gate.open();
      expect(await buying).toMatchObject({ end: 'confirmed' });
      expect(await ground.sellOut(sku, left)).toBe(soldToTheLast(left));
    },
    limitMs,
  );

  it(
    'C7 after the order got its units, with its client gone: the units are sold to it or free again',
    async () => {
      const sku = await ground.article(units);
      const gate = await ground.shut(asker, 'ending', sku);
      const buying = buyTooMany(sku, 0);
      await gate.reached();
      expect(await ground.unitsHeld(asker, sku)).toBe(quantity);
      await ground.kill(asker, 'api-1');
      await gate.turnAway();
      await gate.open();
      const { end, filled, key } = await buying;
      expect(end).toBe('open');
      await ground.until(
        async () => (await ground.unitsHeld(asker, sku)) === 0,
        'the units are held for nobody',
      );
      // what became of the order is told to whoever asks with its key
      const asked = await ground.order(asker, ground.floor.through(filled, 0), key);
      expect(['confirmed', 'refused']).toContain(asked.end);
      const rest = asked.end === 'confirmed' ? left : units;
      expect(await ground.sellOut(sku, rest)).toBe(soldToTheLast(rest));
    },
    limitMs,
  );

  it(
    "C8 when the lender's database dies after the grant: nothing that was given is taken back",
    async () => {
      const sku = await ground.article(units);
      const before = await ground.granted(sku);
      const gate = await ground.shut(lender, 'channel', sku);
      const buying = buyTooMany(sku);
      await gate.reached();
      await muffle(lenderToAsker);
      await gate.open();
      await ground.untilGranted(sku, before);
      const given = await ground.granted(sku);
      await ground.kill(lender, 'shop');
      await healBorder();
      expect(await buying).toMatchObject({ end: 'confirmed' });
      await ground.untilWhole();
      expect(await ground.granted(sku)).toBeGreaterThanOrEqual(given);
      expect(await ground.sellOut(sku, left)).toBe(soldToTheLast(left));
    },
    limitMs,
  );
});
