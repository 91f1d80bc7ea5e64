import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import type { PoolId } from '../domain/pool.ts';
import { defaultSettings } from '../domain/rebalance-plan.ts';
import { DemandBook } from './demand-book.ts';
import type { BorrowAsk, BorrowReply } from './peer-inventory.ts';
import { PlannedAdvice } from './planned-advice.ts';
import { PoolViews } from './pool-views.ts';
import { steadySeconds } from './steady-seconds.ts';

const [india, europe] = ['in-1', 'eu-1'] as [CellId, CellId];
const tea = 'blr/tea' as PoolId;

let demand: DemandBook;
let advice: PlannedAdvice;

/** So many units a second, for the last two seconds. */
function asked(unitsPerTick: number): void {
  const now = steadySeconds();
  for (let tick = 20; tick > 0; tick -= 1) {
    const demands = [{ pool: tea, units: unitsPerTick, orders: unitsPerTick }];
    demand.hear(demands, now - tick / 10);
  }
}

const ask = (more: Partial<BorrowAsk> = {}): BorrowAsk => ({
  ...{ pool: tea, level: 35, need: 1, acked: 30, isWaiting: true },
  ...more,
});

const reply = (grantedTotal: number, free: number): BorrowReply => {
  const position = { cell: india, pool: tea, free, credits: 1, channels: [] };
  return { epoch: 1, grants: [{ pool: tea, grantedTotal, position }] };
};

beforeEach(() => {
  demand = new DemandBook();
  advice = new PlannedAdvice(new PoolViews(europe, [india], demand), defaultSettings);
});

describe('What a cell asks for', () => {
  it('is what its process asks where nothing is known, and what is waited for where there is no demand', () => {
    const asking = { need: 1, acked: 30, rate: 0, free: 0 };
    expect(advice.forward(india, [ask({ free: 0 })])).toMatchObject([{ ...asking, level: 35 }]);
    advice.hear(india, reply(30, 0));
    expect(advice.forward(india, [ask({ free: 0 })])).toMatchObject([{ ...asking, level: 31 }]);
  });

  it('brings it to its part where it is known how the other stands', () => {
    asked(10);
    advice.hear(india, reply(30, 1_000));
    const [asking] = advice.forward(india, [ask({ free: 0 })]);
    expect(asking).toMatchObject({ need: 1, acked: 30 });
    expect((asking?.level ?? 0) - 30).toBeGreaterThan(500);
  });

  it('adds up for two processes that wait at once, and not with what was asked ahead', () => {
    advice.learn(india, reply(37, 0));
    expect(advice.forward(india, [ask()])).toMatchObject([{ level: 38, acked: 30 }]);
    advice.hear(india, reply(90, 0));
    expect(advice.forward(india, [ask()])).toMatchObject([{ level: 38, acked: 30 }]);
    expect(advice.forward(india, [ask({ acked: 37 })])).toMatchObject([{ level: 38 }]);
  });

  it('leaves a question a question, and a recall what it is', () => {
    const question = ask({ level: 0, need: 0 });
    expect(advice.forward(india, [question])).toMatchObject([{ level: 0, need: 0 }]);
    const recall = ask({ level: 50, need: 20, reason: 'WRITE_OFF' });
    expect(advice.forward(india, [recall])).toMatchObject([{ level: 50, need: 20 }]);
  });
});

describe('What a cell gives', () => {
  const give = (more: Partial<BorrowAsk>, free: number, isRecall = false) =>
    advice.allow(india, { ...ask(more), isRecall }, free);

  it('is what is waited for, and above its own part what is wished', () => {
    asked(5);
    expect(give({ need: 40, level: 70, acked: 30 }, 25)).toBe(25);
    const wish = { need: 0, level: 1_030, rate: 50_000, free: 0 };
    // half of it, less what chance may have made of the orders of two seconds
    expect(give(wish, 1_000)).toBeGreaterThan(350);
    expect(give(wish, 1_000)).toBeLessThan(500);
  });

  it('counts in what is on its way to the asker', () => {
    asked(5);
    const wish = { need: 0, level: 1_030, rate: 50_000, free: 0 };
    const first = give(wish, 1_000);
    advice.answer(india, [ask(wish)], reply(30 + first, 1_000 - first));
    expect(give(wish, 1_000 - first)).toBeLessThan(60);
  });

  it('is all to a home that lost units', () => {
    asked(500);
    expect(give({ need: 5, level: 35 }, 80, true)).toBe(80);
  });

  it('is told with its rate to a cell that told its own, and to no other', () => {
    asked(5);
    const [older] = advice.answer(india, [ask()], reply(31, 10)).grants;
    expect(older).not.toHaveProperty('rate', expect.any(Number));
    const [newer] = advice.answer(india, [ask({ rate: 0, free: 0 })], reply(31, 10)).grants;
    expect(newer?.rate).toBeGreaterThan(10_000);
  });
});
