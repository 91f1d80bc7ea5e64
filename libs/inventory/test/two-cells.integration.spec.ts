import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { statement } from '@entrepot/platform-database';
import fc from 'fast-check';
import { PgStockLedger } from '../src/adapters/pg-stock-ledger.ts';
import { poolIdOf } from '../src/domain/pool.ts';
import { findBreachesInSql } from './books-in-sql.ts';
import { buy, india, newOrder, openTwoCells, type CellsUnderTest } from './cells-under-test.ts';

const sums = statement(
  'inventory_test.sums',
  `SELECT coalesce(sum(free), 0)::int AS free, coalesce(sum(held), 0)::int AS held,
     coalesce(sum(sold), 0)::int AS sold, coalesce(sum(minted), 0)::int AS minted,
     coalesce(sum(granted), 0)::int AS granted, coalesce(sum(applied), 0)::int AS applied
   FROM inventory.escrow WHERE pool_id = ANY ($1::text[])`,
);
const countRefusals = statement(
  'inventory_test.refusals',
  `SELECT count(*)::int AS refusals FROM inventory.stock_refusal WHERE pool_id = $1`,
);
interface Sums {
  readonly free: number;
  readonly held: number;
  readonly sold: number;
  readonly minted: number;
  readonly granted: number;
  readonly applied: number;
}

describe('two cells that sell the same units', () => {
  let cells: CellsUnderTest;
  let number = 0;

  beforeAll(async () => {
    cells = await openTwoCells();
  }, 120_000);
  afterAll(() => cells.close());
  afterEach(async () => {
    for (const { auditor } of [cells.in, cells.eu]) {
      expect(await findBreachesInSql(auditor)).toEqual([]);
    }
  });

  /** Units of a new SKU, minted at home; the peer has its share only once grants arrive. */
  async function stock(quantity: number, share = 0, warehouse = 'blr'): Promise<string> {
    number += 1;
    const sku = `sku-${number}`;
    const home = warehouse === 'blr' ? cells.in : cells.eu;
    const peer = warehouse === 'blr' ? cells.eu : cells.in;
    const shares = [{ cell: peer.cell, quantity: share }];
    await home.border.seedStock.execute(sku, [{ sku, warehouse, quantity, shares }]);
    await home.border.reconcileChannels.execute();
    return sku;
  }

  async function sumsOf(...pools: string[]): Promise<Sums> {
    const [home, peer] = await Promise.all(
      [cells.in, cells.eu].map(
        async ({ auditor }) => (await auditor.query<Sums>(sums, [pools]))[0],
      ),
    );
    if (home === undefined || peer === undefined) throw new Error('no sums');
    const names = Object.keys(home) as (keyof Sums)[];
    return Object.fromEntries(names.map((name) => [name, home[name] + peer[name]])) as never;
  }

  it('sells exactly the units that exist to buyers of both cells and four processes', async () => {
    const sku = await stock(100, 50);
    const processes = [...cells.in.apis, ...cells.eu.apis];
    const buyers = Array.from({ length: 64 }, async (_, buyer) => {
      const api = processes[buyer % processes.length];
      if (api === undefined) return [];
      const results = [];
      for (let attempt = 0; attempt < 6; attempt += 1) {
        results.push((await buy(api, [{ sku, quantity: 1 }])).kind);
      }
      return results;
    });
    const kinds = (await Promise.all(buyers)).flat();
    expect(kinds.filter((kind) => kind === 'held')).toHaveLength(100);
    expect(kinds.filter((kind) => kind === 'refused')).toHaveLength(64 * 6 - 100);
    expect(await sumsOf(`blr/${sku}`)).toMatchObject({ free: 0, held: 0, sold: 100 });
  }, 60_000);

  it('serves an order larger than what either cell holds, from both', async () => {
    const sku = await stock(10, 5);
    const [eu] = cells.eu.apis;
    const result = eu && (await buy(eu, [{ sku, quantity: 9 }]));
    expect(result?.kind).toBe('held');
    expect(await sumsOf(`blr/${sku}`)).toMatchObject({ sold: 9 });
  });

  it('says how many there are when all cells together have fewer, and keeps the proof', async () => {
    const sku = await stock(7, 3);
    const [eu] = cells.eu.apis;
    const refused = eu && (await buy(eu, [{ sku, quantity: 8 }]));
    expect(refused).toMatchObject({
      kind: 'refused',
      dropped: [{ sku, quantity: 8, availability: { answer: 'INSUFFICIENT', available: 7 } }],
    });
    const [row] = await cells.eu.auditor.query<{ refusals: number }>(countRefusals, [`blr/${sku}`]);
    expect(row?.refusals).toBe(1);
    expect(await sumsOf(`blr/${sku}`)).toMatchObject({ held: 0, sold: 0 });
  });

  it('orders in part what can be had, dropping short lines whole', async () => {
    const [plenty, few, none] = [await stock(10), await stock(3), 'never-seen'];
    const [eu] = cells.eu.apis;
    const asked = [plenty, few, none].map((sku) => ({ sku, quantity: 5 }));
    const result = eu && (await buy(eu, asked, { onShortage: 'partial' }));
    expect(result).toMatchObject({
      kind: 'held',
      reservations: [{ pool: `blr/${plenty}`, quantity: 5 }],
    });
    expect(result?.kind === 'held' && result.dropped).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          sku: few,
          availability: { answer: 'INSUFFICIENT', available: 3 },
        }),
        expect.objectContaining({ sku: none, availability: { answer: 'GLOBAL_EMPTY' } }),
      ]),
    );
    const refused = eu && (await buy(eu, asked));
    expect(refused?.kind).toBe('refused');
    expect(await sumsOf(`blr/${plenty}`)).toMatchObject({ held: 0, sold: 5 });
  });

  it('does not call goods sold out when the cell that may have them cannot be reached', async () => {
    const sku = await stock(4);
    const [eu] = cells.eu.apis;
    cells.in.isCut = true;
    const result = eu && (await buy(eu, [{ sku, quantity: 1 }], { tries: 1 }));
    cells.in.isCut = false;
    expect(result).toMatchObject({
      kind: 'unsettled',
      lines: [{ sku, availability: { answer: 'PEER_UNREACHABLE' } }],
    });
    expect((eu && (await buy(eu, [{ sku, quantity: 1 }])))?.kind).toBe('held');
  });

  it('lets one of two orders have the last units that both need', async () => {
    const skus = [await stock(1, 0, 'blr'), await stock(1, 0, 'rtm')];
    const lines = skus.map((sku) => ({ sku, quantity: 1 }));
    const results = await Promise.all(
      [cells.in.apis[0], cells.eu.apis[0]].map(async (api) => api && buy(api, lines)),
    );
    expect(results.map((result) => result?.kind).toSorted()).toEqual(['held', 'refused']);
  }, 60_000);

  it('sells every last unit to one of two orders in part, line by line', async () => {
    const skus = [await stock(1, 0, 'blr'), await stock(1, 0, 'rtm')];
    const lines = skus.map((sku) => ({ sku, quantity: 1 }));
    const results = await Promise.all(
      [cells.in.apis[0], cells.eu.apis[0]].map(
        async (api) => api && buy(api, lines, { onShortage: 'partial' }),
      ),
    );
    expect(results.map((result) => result?.kind)).not.toContain('unsettled');
    const pools = [`blr/${skus[0]}`, `rtm/${skus[1]}`];
    expect(await sumsOf(...pools)).toMatchObject({ sold: 2, free: 0, held: 0 });
  }, 60_000);

  it('takes a line from two warehouses when neither has enough', async () => {
    const sku = await stock(4, 0, 'blr');
    await cells.eu.border.receiveStock.execute(sku, [{ sku, warehouse: 'rtm', quantity: 4 }]);
    const [api] = cells.in.apis;
    const result = api && (await buy(api, [{ sku, quantity: 7 }]));
    expect(result?.kind).toBe('held');
    expect(await sumsOf(`blr/${sku}`, `rtm/${sku}`)).toMatchObject({ sold: 7, free: 1 });
  });

  it.each(['refuse', 'partial'] as const)(
    'takes a line from two warehouses that both have units here and must both borrow (%s)',
    async (onShortage) => {
      const sku = await stock(4, 2, 'blr');
      const shares = [{ cell: cells.in.cell, quantity: 2 }];
      const elsewhere = { sku, warehouse: 'rtm', quantity: 4, shares };
      await cells.eu.border.seedStock.execute(`${sku} elsewhere`, [elsewhere]);
      await cells.eu.border.reconcileChannels.execute();
      const [api] = cells.eu.apis;
      const result = api && (await buy(api, [{ sku, quantity: 7 }], { onShortage, tries: 3 }));
      expect(result?.kind).toBe('held');
      expect(await sumsOf(`blr/${sku}`, `rtm/${sku}`)).toMatchObject({ sold: 7, free: 1 });
    },
  );

  it('holds 700 lines over two warehouses in few statements', async () => {
    const lines = Array.from({ length: 700 }, (_, at) => ({ sku: `bulk-${at}`, quantity: 3 }));
    const pools = lines.map(({ sku, quantity }, at) => ({
      sku,
      warehouse: at % 2 === 0 ? 'blr' : 'rtm',
      quantity,
      shares: [],
    }));
    const at = (warehouse: string) => pools.filter((pool) => pool.warehouse === warehouse);
    await cells.in.border.seedStock.execute('bulk', at('blr'));
    await cells.eu.border.seedStock.execute('bulk', at('rtm'));
    const [api] = cells.in.apis;
    const result = api && (await buy(api, lines));
    expect(result?.kind === 'held' && result.reservations).toHaveLength(700);
  }, 60_000);

  it('takes in grants once, whatever is doubled, late or out of order', async () => {
    const sku = await stock(40);
    const pool = poolIdOf('blr', sku);
    const ledger = new PgStockLedger(cells.eu.database.open('worker'), cells.eu.cell);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1 }), async (asks) => {
        const told = [];
        for (const ask of asks) {
          const [row] = (
            await cells.in.border.grantStock.execute(cells.eu.cell, [
              { pool, level: ask * 5, need: ask, acked: 0, isWaiting: false },
            ])
          ).grants;
          told.push({ pool, grantedTotal: row?.grantedTotal ?? 0 });
        }
        const late = [...told, ...told].toReversed();
        for (const total of late) {
          await cells.eu.border.applyGrants.execute(india, { epoch: 1, totals: [total] }, ledger);
        }
        const { granted, applied, free } = await sumsOf(pool);
        expect({ applied, free }).toEqual({ applied: granted, free: 40 });
      }),
      { numRuns: 20, verbose: fc.VerbosityLevel.Verbose },
    );
  }, 60_000);

  it('delivers by repetition what no other way brought, and acknowledges it', async () => {
    const sku = await stock(10);
    const pool = poolIdOf('blr', sku);
    const { lanes, reconcileChannels } = cells.in.border;
    const peer = cells.eu.cell;
    await lanes.submit([{ kind: 'grant', pool, peer, level: 4, ceiling: 4, acked: 0 }]);
    expect(await sumsOf(pool)).toMatchObject({ free: 6, granted: 4, applied: 0 });
    const report = await reconcileChannels.execute();
    expect(report).toMatchObject({ silentPeers: [], regressed: [] });
    expect(await sumsOf(pool)).toMatchObject({ free: 10, granted: 4, applied: 4 });
    expect((await reconcileChannels.execute()).open).toBe(0);
  });

  it('gives and takes in what it knows beside what lies in a warehouse that it does not know yet', async () => {
    const sku = await stock(10);
    const [pool, unknown] = [poolIdOf('blr', sku), poolIdOf('new', sku)];
    const ask = { level: 4, need: 4, acked: 0, isWaiting: true };
    const { grants, epoch } = await cells.in.border.grantStock.execute(cells.eu.cell, [
      { ...ask, pool: unknown },
      { ...ask, pool },
    ]);
    expect(grants).toMatchObject([{ pool, grantedTotal: 4 }]);
    const totals = [unknown, pool].map((of) => ({ pool: of, grantedTotal: 4 }));
    const { applyGrants, lanes } = cells.eu.border;
    expect(await applyGrants.execute(india, { epoch, totals }, lanes)).toEqual({
      totals: [{ pool, appliedTotal: 4 }],
    });
  });

  it('finds an order held that an earlier call of the same round had held', async () => {
    const sku = await stock(5);
    const order = newOrder(india);
    const ask = {
      order,
      round: 1,
      lines: [{ line: '1', sku: sku as never, quantity: 2 }],
      onShortage: 'refuse' as const,
    };
    const results = await Promise.all(
      Array.from({ length: 100 }, async (_, at) =>
        cells.in.apis[at % 2]?.reserveLines.execute(ask),
      ),
    );
    expect(new Set(results.map((result) => result?.kind))).toEqual(new Set(['held']));
    expect(await sumsOf(`blr/${sku}`)).toMatchObject({ held: 2, free: 3 });
  });
});
