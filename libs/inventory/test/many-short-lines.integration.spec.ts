import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { statement } from '@entrepot/platform-database';
import type { ReserveLinesResult } from '../src/application/reserve-lines.ts';
import { findBreachesInSql } from './books-in-sql.ts';
import { buy, openTwoCells, type CellsUnderTest } from './cells-under-test.ts';
import { findFalseRefusals } from './false-refusals.ts';

const skuCount = 400;
const orderCount = 32;
const linesPerOrder = 250;
/** How often a client asks again; it pauses a second each time, so this is far within its patience. */
const triesMax = 4;

const countUnits = statement(
  'inventory_test.all_units',
  `SELECT coalesce(sum(free), 0)::int AS free, coalesce(sum(held), 0)::int AS held,
     coalesce(sum(sold), 0)::int AS sold, coalesce(sum(granted - applied), 0)::int AS "inTransit"
   FROM inventory.escrow`,
);
interface Units {
  readonly free: number;
  readonly held: number;
  readonly sold: number;
  readonly inTransit: number;
}

const skuAt = (at: number): string => `many-${String(at % skuCount).padStart(3, '0')}`;
const warehouseAt = (at: number): 'blr' | 'rtm' => (at % 2 === 0 ? 'blr' : 'rtm');

/** Lines that overlap with those of every other order, in quantities from 1 to 12. */
const linesOf = (order: number) =>
  Array.from({ length: linesPerOrder }, (_, line) => {
    const at = (order * 131 + line) % skuCount;
    return { sku: skuAt(at), quantity: 1 + ((order * 7 + at * 5) % 12) };
  });

const orders = Array.from({ length: orderCount }, (_, order) => linesOf(order));
const asked = new Map<string, number>();
for (const { sku, quantity } of orders.flat()) asked.set(sku, (asked.get(sku) ?? 0) + quantity);
/** A fifth less than is asked for, half of it in either cell. */
const stocked = Array.from({ length: skuCount }, (_, at) => ({
  sku: skuAt(at),
  warehouse: warehouseAt(at),
  quantity: Math.ceil((asked.get(skuAt(at)) ?? 0) * 0.8),
}));

describe('orders of hundreds of lines while stock is short everywhere', () => {
  let cells: CellsUnderTest;

  beforeAll(async () => {
    cells = await openTwoCells();
    for (const [home, peer, warehouse] of [
      [cells.in, cells.eu, 'blr'],
      [cells.eu, cells.in, 'rtm'],
    ] as const) {
      const own = stocked
        .filter((of) => of.warehouse === warehouse)
        .map((of) => ({
          ...of,
          shares: [{ cell: peer.cell, quantity: Math.floor(of.quantity / 2) }],
        }));
      await home.border.seedStock.execute(`many short lines ${warehouse}`, own);
      await home.border.reconcileChannels.execute();
    }
  }, 120_000);
  afterAll(() => cells.close());

  it('decides every one within few tries, refuses none falsely and sells no unit twice', async () => {
    // a cell with most of the demand, and another that wants the same goods
    const processes = [...cells.eu.apis, ...cells.eu.apis, ...cells.eu.apis, ...cells.in.apis];
    const results = await Promise.all(
      orders.map(async (lines, at): Promise<ReserveLinesResult['kind'] | undefined> => {
        const api = processes[at % processes.length];
        const options = { onShortage: 'partial', tries: triesMax } as const;
        return api && (await buy(api, lines, options)).kind;
      }),
    );
    const auditors = [cells.in.auditor, cells.eu.auditor];
    expect(results.filter((kind) => kind !== 'held' && kind !== 'refused')).toEqual([]);
    expect(await findFalseRefusals(auditors)).toEqual([]);
    expect((await Promise.all(auditors.map(findBreachesInSql))).flat()).toEqual([]);
    const units = await Promise.all(
      auditors.map(async (auditor) => (await auditor.query<Units>(countUnits))[0]),
    );
    const total = (name: keyof Units) => units.reduce((sum, of) => sum + (of?.[name] ?? 0), 0);
    const minted = stocked.reduce((sum, { quantity }) => sum + quantity, 0);
    expect(total('free') + total('sold') + total('inTransit')).toBe(minted);
    expect(total('held')).toBe(0);
  }, 120_000);
});
