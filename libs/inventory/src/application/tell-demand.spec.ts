import { describe, expect, it } from '@jest/globals';
import type { PoolId } from '../domain/pool.ts';
import { DemandBook } from './demand-book.ts';
import { DemandCounts, type PoolDemand } from './demand-counts.ts';
import { TellDemand } from './tell-demand.ts';

const [tea, soap] = ['blr/tea', 'blr/soap'] as [PoolId, PoolId];

function listening(fails = false) {
  const counts = new DemandCounts();
  const heard: (readonly PoolDemand[])[] = [];
  const hear = (demands: readonly PoolDemand[]) => {
    heard.push(demands);
    return fails ? Promise.reject(new Error('silent')) : Promise.resolve();
  };
  return { counts, heard, tell: new TellDemand(counts, { hear }) };
}

describe('What was asked for', () => {
  it('is told once, in one batch, as units and orders per pool', async () => {
    const { counts, heard, tell } = listening();
    counts.note(tea, 2);
    counts.note(soap, 1);
    counts.note(tea, 3);
    await tell.execute();
    await tell.execute();
    expect(heard).toEqual([
      [
        { pool: tea, units: 5, orders: 2 },
        { pool: soap, units: 1, orders: 1 },
      ],
    ]);
  });

  it('is kept within bounds where nobody listens, and not told again at once', async () => {
    const { counts, heard, tell } = listening(true);
    for (let at = 0; at < 12_000; at += 1) counts.note(`blr/${at}` as PoolId, 1);
    await expect(tell.execute()).rejects.toThrow('silent');
    await tell.execute();
    expect(heard.map(({ length }) => length)).toEqual([1_000]);
    expect(counts.take(Infinity)).toHaveLength(9_000);
  });
});

describe('A book of demand', () => {
  it('has a rate for what was heard, and gives each pool that moved out once', () => {
    const book = new DemandBook();
    for (let tick = 0; tick < 20; tick += 1) {
      book.hear([{ pool: tea, units: 10, orders: 5 }], tick / 10);
    }
    expect(book.paceOf(tea, 2).rate).toBeGreaterThan(80);
    expect(book.paceOf(tea, 2).rate).toBeLessThan(120);
    expect(book.paceOf(soap, 2).rate).toBe(0);
    expect([book.takeMoved(10), book.takeMoved(10)]).toEqual([[tea], []]);
  });

  it('forgets the pools that were asked for longest ago', () => {
    const book = new DemandBook();
    book.hear([{ pool: tea, units: 100, orders: 100 }], 0);
    for (let at = 0; at < 20_000; at += 1) {
      book.hear([{ pool: `blr/${at}` as PoolId, units: 1, orders: 1 }], 1);
    }
    expect(book.paceOf(tea, 1).rate).toBe(0);
  });
});
