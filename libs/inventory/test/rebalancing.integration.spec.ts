import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { statement } from '@entrepot/platform-database';
import { setTimeout as delay } from 'node:timers/promises';
import { v4 } from 'uuid';
import type { WriteOff } from '../src/domain/commands.ts';
import { poolIdOf } from '../src/domain/pool.ts';
import { twoDigits } from '../src/domain/told-figures.ts';
import type { Inventory } from '../src/inventory.ts';
import { findBreachesInSql } from './books-in-sql.ts';
import {
  buy,
  india,
  openTwoCells,
  type CellsUnderTest,
  type CellUnderTest,
} from './cells-under-test.ts';

const readFree = statement(
  'rebalancing_test.free',
  'SELECT pool_id AS pool, free::int AS free FROM inventory.escrow WHERE pool_id = ANY ($1::text[])',
);

/** Longer than a tick of the rate, so that what was told counts. */
const tickMs = 150;

interface Ask {
  readonly pool: string;
  readonly need: number;
  readonly level: number;
  readonly rate?: number;
  readonly free?: number;
}

const asksHeardBy = ({ heard }: CellUnderTest): Ask[] =>
  heard.flatMap(({ path, body }) =>
    path.endsWith('/borrow') ? (body as { asks: Ask[] }).asks : [],
  );

let number = 0;

/** Units of new articles at home in India, of which Europe has its share. */
async function stock(
  cells: CellsUnderTest,
  { units, share, articles = 1 }: { units: number; share: number; articles?: number },
): Promise<string[]> {
  number += 1;
  const skus = Array.from({ length: articles }, (_, at) => `ahead-${number}-${at}`);
  const shares = [{ cell: cells.eu.cell, quantity: share }];
  await cells.in.border.seedStock.execute(
    `ahead ${number}`,
    skus.map((sku) => ({ sku, warehouse: 'blr', quantity: units, shares })),
  );
  await cells.in.border.reconcileChannels.execute();
  return skus;
}

async function freeOf({ auditor }: CellUnderTest, sku: string): Promise<number> {
  const rows = await auditor.query<{ free: number }>(readFree, [[`blr/${sku}`]]);
  return rows[0]?.free ?? 0;
}

async function tell(cell: CellUnderTest): Promise<void> {
  for (const { tellDemand } of cell.apis) await tellDemand?.execute();
  await delay(tickMs);
}

const apiOf = ({ apis }: CellUnderTest): Inventory => {
  const [api] = apis;
  if (api === undefined) throw new RangeError('a cell has API processes');
  return api;
};

async function buyEach(cell: CellUnderTest, skus: readonly string[], times: number): Promise<void> {
  const lines = skus.map((sku) => ({ sku, quantity: 1 }));
  for (let time = 0; time < times; time += 1) await buy(apiOf(cell), lines);
}

describe('two cells that plan by demand', () => {
  let cells: CellsUnderTest;
  beforeAll(async () => {
    cells = await openTwoCells({ rebalancing: true });
  }, 120_000);
  afterAll(() => cells.close());
  afterEach(async () => {
    for (const { auditor } of [cells.in, cells.eu]) {
      expect(await findBreachesInSql(auditor)).toEqual([]);
    }
  });

  it('move rights to where orders come, before one has to wait', async () => {
    const [sku = ''] = await stock(cells, { units: 400, share: 40 });
    let units = 0;
    // how India stands is asked first, then for what Europe will sell
    for (let look = 0; look < 2; look += 1) {
      await buyEach(cells.eu, [sku], 5);
      await tell(cells.eu);
      const report = await cells.eu.border.askAhead.execute();
      expect(report).toMatchObject({ pools: 1, asks: 1, silentPeers: [] });
      units += report.units;
    }
    expect(units).toBeGreaterThan(100);
    expect(await freeOf(cells.eu, sku)).toBe(40 - 10 + units);
    expect(asksHeardBy(cells.in).every(({ need }) => need === 0)).toBe(true);
  });

  it('tell each other rates and free units to two digits, and of nobody who asked', async () => {
    const asks = asksHeardBy(cells.in);
    expect(asks.length).toBeGreaterThan(0);
    for (const { rate = 0, free = 0 } of asks) {
      expect([rate, free]).toEqual([twoDigits(rate), twoDigits(free)]);
    }
    expect(new Set(asks.flatMap((ask) => Object.keys(ask)))).toEqual(
      new Set(['pool', 'level', 'need', 'acked', 'isWaiting', 'rate', 'free']),
    );
    const [{ answer } = { answer: {} }] = cells.in.heard.toReversed();
    const { grants } = answer as { grants: { rate?: number }[] };
    expect(grants.every(({ rate }) => rate !== undefined)).toBe(true);
  });

  it('do not send what they have to and fro', async () => {
    const [sku = ''] = await stock(cells, { units: 400, share: 200 });
    let moved = 0;
    let asks = 0;
    for (let turn = 0; turn < 12; turn += 1) {
      for (const cell of [cells.in, cells.eu]) {
        await buyEach(cell, [sku], 2);
        await tell(cell);
        const report = await cell.border.askAhead.execute();
        moved += report.units;
        asks += report.asks;
      }
    }
    // two questions how the other stands, and seldom more: both sell alike
    expect(asks).toBeLessThanOrEqual(5);
    expect(moved).toBeLessThan(100);
  }, 60_000);

  it('count what is refused as demand', async () => {
    const [sku = ''] = await stock(cells, { units: 3, share: 0 });
    for (let order = 0; order < 5; order += 1) await buy(apiOf(cells.eu), [{ sku, quantity: 50 }]);
    await tell(cells.eu);
    const at = performance.now() / 1_000;
    expect(cells.eu.border.demand?.paceOf(poolIdOf('blr', sku), at).rate).toBeGreaterThan(0);
  });

  it('give an order that waits what it needs, and bring its cell to its part with it', async () => {
    const [sku = ''] = await stock(cells, { units: 100, share: 0 });
    await buyEach(cells.in, [sku], 4);
    // five come with the first order; the sixth asks one of whom it is known how it stands
    await buyEach(cells.eu, [sku], 6);
    expect(await freeOf(cells.eu, sku)).toBeGreaterThanOrEqual(10);
    const waited = asksHeardBy(cells.in).filter(
      ({ pool, need }) => pool === `blr/${sku}` && need > 0,
    );
    expect(waited.map(({ level }) => level)).toEqual([5, expect.any(Number)]);
  });

  it('spend a constant number of statements on a look, whatever the number of pools', async () => {
    await tell(cells.eu);
    await cells.eu.border.askAhead.execute();
    for (const articles of [1, 150]) {
      const skus = await stock(cells, { units: 400, share: 20, articles });
      let asks = 0;
      for (let look = 0; look < 2; look += 1) {
        await buyEach(cells.eu, skus, 3);
        await tell(cells.eu);
        const statements: string[] = [];
        const stop = cells.eu.borderShop.observe((name) => statements.push(name));
        const report = await cells.eu.border.askAhead.execute();
        stop();
        expect(report.pools).toBe(articles);
        asks += report.asks;
        // one read, and one batch of commands where there is something to take in
        const takesIn = report.units > 0 ? ['inventory.apply'] : [];
        const ofLook = statements.filter((name) => name !== 'inventory.note_peer_reports');
        expect(ofLook).toEqual(['inventory.find_standings', ...takesIn]);
        // what peers said is written beside: while one is written, what comes is gathered for the next
        expect(statements.length - ofLook.length).toBeLessThanOrEqual(2);
      }
      expect(asks).toBeGreaterThanOrEqual(articles);
    }
    expect(await cells.eu.border.askAhead.execute()).toMatchObject({ pools: 0, asks: 0 });
  }, 60_000);

  it('get back what a home lost, whatever the donor would keep for itself', async () => {
    const [sku = ''] = await stock(cells, { units: 100, share: 60 });
    await buyEach(cells.eu, [sku], 10);
    await tell(cells.eu);
    const document = v4() as WriteOff['document'];
    const pool = poolIdOf('blr', sku);
    await cells.in.border.lanes.submit([
      { kind: 'writeOff', pool, home: india, document, quantity: 90, from: 'FREE' },
    ]);
    expect(await cells.in.border.recallDeficit.execute()).toMatchObject({ owed: 50, recalled: 50 });
    expect(await freeOf(cells.eu, sku)).toBe(0);
  });

  it('stop asking ahead while the other cell is silent, and go on selling', async () => {
    const [sku = ''] = await stock(cells, { units: 400, share: 30 });
    cells.in.isCut = true;
    await buyEach(cells.eu, [sku], 5);
    await tell(cells.eu);
    expect(await cells.eu.border.askAhead.execute()).toMatchObject({ silentPeers: ['in-1'] });
    await buyEach(cells.eu, [sku], 2);
    await tell(cells.eu);
    expect(await cells.eu.border.askAhead.execute()).toMatchObject({ pools: 1, asks: 0 });
    cells.in.isCut = false;
    expect(await freeOf(cells.eu, sku)).toBe(23);
  });
});

describe('two cells that do not plan', () => {
  it('say nothing of demand, though a process tells of it', async () => {
    const cells = await openTwoCells();
    try {
      const [sku = ''] = await stock(cells, { units: 20, share: 0 });
      await buyEach(cells.eu, [sku], 2);
      const response = await fetch(`${cells.eu.origin}/internal/v1/inventory/demand`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ demands: [{ pool: `blr/${sku}`, units: 5, orders: 5 }] }),
      });
      expect(await response.json()).toEqual({ noted: 0 });
      const crossed = JSON.stringify(cells.in.heard);
      expect(crossed).toContain('grantedTotal');
      expect(crossed).not.toContain('rate');
      expect(asksHeardBy(cells.in).every(({ free }) => free === undefined)).toBe(true);
    } finally {
      await cells.close();
    }
  }, 120_000);
});
