import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import type { FilledCart } from '../../src/shop-floor.ts';
import { cutBorder, healBorder } from './border-faults.ts';
import { asker, lender, sides, soldToTheLast, StockGround } from './stock-ground.ts';
import type { Bought, Side } from './stock-ground.ts';

const limitMs = 1_200_000;
/** Who wants the last unit, on each side. */
const crowd = Number(process.env.ENTREPOT_DRILL_BUYERS ?? '1000');
const cartsAtOnce = 16;
const crowdPatienceMs = 600_000;
const cutMs = 60_000;
/** Come one after another while the border is cut. */
const buyersOfCut = 90;

/** So many at once, each with the next number, until they say that it is over. */
async function together(workers: number, work: (index: number) => Promise<'go on' | 'over'>) {
  let next = 0;
  const one = async (): Promise<void> => {
    while ((await work(next++)) === 'go on');
  };
  await Promise.all(Array.from({ length: workers }, one));
}

const countOf = (bought: readonly Bought[], end: Bought['end']): number =>
  bought.filter((of) => of.end === end).length;

describe('Crowds of buyers on both sides', () => {
  const ground = new StockGround();
  beforeAll(() => ground.prepare(), limitMs);
  afterEach(() => ground.mend(), limitMs);
  afterAll(() => ground.close());

  it(
    'F12 empty both cells together: each unit is sold once',
    async () => {
      const units = 60;
      const sku = await ground.article(units);
      const bought: Bought[] = [];
      await Promise.all(
        sides.map((side) =>
          together(4, async () => {
            const one = await ground.buy(side, { sku, quantity: 1 });
            bought.push(one);
            return one.end === 'refused' ? 'over' : 'go on';
          }),
        ),
      );
      expect(countOf(bought, 'open')).toBe(0);
      expect(countOf(bought, 'confirmed')).toBe(units);
      expect(await ground.sellOut(sku, 0)).toBe(soldToTheLast(0));
    },
    limitMs,
  );

  it(
    `F13 ${crowd} a side want the last unit: exactly one gets it`,
    async () => {
      const sku = await ground.article(1);
      const client = ground.floor.clientAt(0, crowdPatienceMs);
      const carts: { readonly side: Side; readonly filled: FilledCart }[] = [];
      await together(cartsAtOnce, async (index) => {
        const side = index % 2 === 0 ? lender : asker;
        if (index >= 2 * crowd) return 'over';
        const { country } = side;
        carts.push({
          side,
          filled: await ground.floor.fillCart(client, { country, sku, quantity: 1 }),
        });
        return 'go on';
      });
      const bought: Bought[] = [];
      // all at once; whoever is turned away as too many comes again
      await Promise.all(
        carts.map(async ({ side, filled }) => bought.push(await ground.order(side, filled))),
      );
      expect(bought).toHaveLength(2 * crowd);
      expect(countOf(bought, 'confirmed')).toBe(1);
      expect(countOf(bought, 'refused')).toBe(2 * crowd - 1);
    },
    limitMs,
  );

  it(
    'F19 meet a border that is cut for 60 s, nine in ten on one side: nobody is told that there is nothing',
    async () => {
      const units = 60;
      const sku = await ground.article(units);
      const bought: {
        readonly side: Side;
        readonly isToldWhileCut: boolean;
        readonly of: Bought;
      }[] = [];
      await cutBorder();
      let isCut = true;
      const buyOne = async (index: number): Promise<void> => {
        const side = index % 10 === 0 ? asker : lender;
        // whoever is told to come back does, until the border is open again
        const of = await ground.buy(side, { sku, quantity: 1, patienceMs: 3 * cutMs });
        bought.push({ side, isToldWhileCut: isCut, of });
      };
      const buying: Promise<void>[] = [];
      for (let index = 0; index < buyersOfCut; index++) {
        buying.push(buyOne(index));
        await sleep(cutMs / buyersOfCut);
      }
      isCut = false;
      await healBorder();
      await Promise.all(buying);
      const toldWhileCut = bought.filter(({ isToldWhileCut }) => isToldWhileCut);
      const soldWhileCut = (by: Side): number =>
        toldWhileCut.filter(({ side, of }) => side === by && of.end === 'confirmed').length;
      expect(toldWhileCut.filter(({ of }) => of.end === 'refused')).toEqual([]);
      // each side sold what it had of its own: the one of most buyers all of it, the other to all who came
      expect(soldWhileCut(lender)).toBe(units / 2);
      expect(soldWhileCut(asker)).toBeGreaterThanOrEqual(buyersOfCut / 10 - 1);
      const all = bought.map(({ of }) => of);
      expect(countOf(all, 'open')).toBe(0);
      expect(countOf(all, 'confirmed')).toBe(units);
      expect(await ground.sellOut(sku, 0)).toBe(soldToTheLast(0));
    },
    limitMs,
  );
});
