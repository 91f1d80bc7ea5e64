import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { poolsAheadPerSecond } from '../domain/borrow-budget.ts';
import { poolIdOf, type PoolId } from '../domain/pool.ts';
import { defaultSettings } from '../domain/rebalance-plan.ts';
import { AskAhead } from './ask-ahead.ts';
import { BorrowTurns } from './borrow-turns.ts';
import { DemandBook } from './demand-book.ts';
import type { BorrowAsk, PeerInventory } from './peer-inventory.ts';
import { PlannedAdvice } from './planned-advice.ts';
import { PoolViews } from './pool-views.ts';
import type { StockLanes } from './stock-lanes.ts';
import { StockMap } from './stock-map.ts';
import { steadySeconds } from './steady-seconds.ts';
import type { StockStore } from './stock-store.ts';

const [india, europe] = ['in-1', 'eu-1'] as [CellId, CellId];
const directory = {
  cells: [
    { id: india, warehouses: [{ id: 'blr' }] },
    { id: europe, warehouses: [] },
  ],
} as unknown as ConstructorParameters<typeof StockMap>[0];

/** A border process of Europe, where each pool has as many units as its number says, and one that answers nothing. */
function openCell() {
  const asked: PoolId[] = [];
  const map = new StockMap(directory, europe);
  const demand = new DemandBook();
  const views = new PoolViews(europe, map.peers, demand);
  const advice = new PlannedAdvice(views, defaultSettings);
  const store: Pick<StockStore, 'findStandings'> = {
    findStandings: (pools) =>
      Promise.resolve(
        pools.map((pool) => ({ pool, free: Number(pool.split('-')[1]), applied: new Map() })),
      ),
  };
  const peers: Pick<PeerInventory, 'borrow'> = {
    borrow: (_peer: CellId, asks: readonly BorrowAsk[]) => {
      asked.push(...asks.map(({ pool }) => pool));
      return Promise.resolve({ epoch: 1, grants: [] });
    },
  };
  const askAhead = new AskAhead(
    map,
    store as StockStore,
    {} as StockLanes,
    peers as PeerInventory,
    { demand, views, advice, turns: new BorrowTurns() },
  );
  return { askAhead, demand, asked };
}

const pools = (from: number, to: number): PoolId[] =>
  Array.from({ length: to - from }, (_, at) => poolIdOf('blr', `sku-${from + at}`));
const wanted = (of: readonly PoolId[]) => of.map((pool) => ({ pool, units: 1_000, orders: 5 }));

describe('what a cell asks ahead', () => {
  it('is for so many pools in a second, and what had to wait is asked at a later look', async () => {
    const { askAhead, demand, asked } = openCell();
    demand.hear(wanted(pools(0, 1_000)), steadySeconds());
    demand.hear(wanted(pools(1_000, 1_800)), steadySeconds());
    await delay(150);
    const began = steadySeconds();
    expect(await askAhead.execute()).toMatchObject({ asks: poolsAheadPerSecond, postponed: 0 });
    const second = await askAhead.execute();
    const affordable = poolsAheadPerSecond * (steadySeconds() - began);
    expect(second.asks).toBeLessThanOrEqual(affordable);
    expect(second.asks + second.postponed).toBe(800);
    expect(second.postponed).toBeGreaterThan(0);
    while (asked.length < 1_800) {
      await delay(100);
      await askAhead.execute();
    }
    expect(new Set(asked).size).toBe(1_800);
  });

  it('is first what will be gone first', async () => {
    const { askAhead, demand, asked } = openCell();
    demand.hear(wanted(pools(0, 1_000)), steadySeconds());
    await delay(150);
    await askAhead.execute();
    demand.hear(wanted(pools(1_000, 1_800).toReversed()), steadySeconds());
    await delay(150);
    asked.length = 0;
    const { asks, postponed } = await askAhead.execute();
    expect(postponed).toBeGreaterThan(0);
    expect(asked).toEqual(pools(1_000, 1_000 + asks));
  });
});
