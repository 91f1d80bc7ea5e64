import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { newCellId, type CellId, type OrderId, type Sku } from '@entrepot/kernel';
import { v5 } from 'uuid';
import type { Mint } from '../domain/commands.ts';
import { findBreaches, findGlobalBreaches } from '../domain/invariants.ts';
import { poolIdOf } from '../domain/pool.ts';
import { openCellsInMemory, type CellInMemory } from '../testing/cells-in-memory.ts';
import { reservationIdOf } from './reservation-ids.ts';

const [india, europe, brazil] = ['in-1', 'eu-1', 'br-1'] as [CellId, CellId, CellId];
const sku = 'sku' as Sku;
const pool = poolIdOf('blr', sku);
const warehouses = { [india]: 'blr', [europe]: 'rtm', [brazil]: 'gru' };

class Shop {
  private readonly cells: ReadonlyMap<CellId, CellInMemory>;

  constructor(readonly ids: readonly CellId[]) {
    const cells = ids.map((id) => ({ id, warehouses: [{ id: warehouses[id] }] }));
    this.cells = openCellsInMemory({ cells } as unknown as Parameters<typeof openCellsInMemory>[0]);
  }

  cell(id: CellId): CellInMemory {
    const found = this.cells.get(id);
    if (found === undefined) throw new RangeError(`there is no cell ${id}`);
    return found;
  }

  /** As another process of the cell would: this one hears nothing of it. */
  receive(quantity: number): Promise<unknown> {
    const document = v5(`${quantity}`, v5.URL) as Mint['document'];
    const mint = { kind: 'mint', pool, home: india, document, quantity, into: 'FREE' } as const;
    return this.cell(india).ledger.apply([mint]);
  }

  buy(cell: CellId, order: OrderId = newCellId('order', cell)) {
    const lines = [{ line: 'a', sku, quantity: 1 }];
    const { reserveLines } = this.cell(cell);
    return reserveLines.execute({ order, round: 1, lines, onShortage: 'refuse' });
  }

  breaches(): string[] {
    const stocks = [...this.cells.values()].map(({ ledger }) => ledger.stock);
    return [...stocks.flatMap(findBreaches), ...findGlobalBreaches(stocks)];
  }
}

/** One unit, which somebody holds; and somebody was refused. */
async function soldOut(ids: readonly CellId[] = [india, europe]): Promise<Shop> {
  const shop = new Shop(ids);
  await shop.receive(1);
  expect((await shop.buy(india)).kind).toBe('held');
  for (const id of ids) expect((await shop.buy(id)).kind).toBe('refused');
  return shop;
}

describe.each([
  ['two', [india, europe]],
  ['three', [india, europe, brazil]],
])('goods that were sold out in %s cells', (_, ids) => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each(ids)('are refused to a thousand orders of %s with one proof', async (id) => {
    // however slow the machine, it is the moment after
    jest.spyOn(performance, 'now').mockReturnValue(performance.now());
    const shop = await soldOut(ids);
    const { ledger, exchanges, refusals } = shop.cell(id);
    const before = { calls: ledger.calls, exchanges: exchanges(), refusals: refusals.length };
    const results = await Promise.all(Array.from({ length: 1_000 }, () => shop.buy(id)));
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['refused']));
    expect(results[999]).toMatchObject({ dropped: [{ availability: { answer: 'GLOBAL_EMPTY' } }] });
    expect(refusals.length - before.refusals).toBeGreaterThanOrEqual(1_000);
    expect(refusals.every(({ startedAt, endedAt }) => startedAt <= endedAt)).toBe(true);
    expect(exchanges() - before.exchanges).toBeLessThanOrEqual(2 * (ids.length - 1) * 2);
    expect(ledger.calls - before.calls).toBe(0);
  });

  it.each(ids)(
    'are sold in %s as soon as a unit is there, however fresh the memory',
    async (id) => {
      const shop = await soldOut(ids);
      await shop.receive(2);
      // the home may have to be asked: a cell that owes a unit to nobody gives it
      expect((await shop.buy(id)).kind).toBe('held');
      expect(shop.breaches()).toEqual([]);
    },
  );
});

describe('an order that comes while others are being refused', () => {
  it('is not refused by a look that began before it came', async () => {
    const shop = await soldOut();
    const { grantStock } = shop.cell(india);
    const look = Promise.withResolvers<undefined>();
    const goOn = Promise.withResolvers<undefined>();
    const execute = grantStock.execute.bind(grantStock);
    grantStock.execute = async (...asked) => {
      const reply = await execute(...asked);
      look.resolve(undefined);
      await goOn.promise;
      return reply;
    };
    const first = shop.buy(europe);
    // the other cell has said that it is empty, and then it is not any more
    await look.promise;
    await shop.receive(2);
    const later = shop.buy(europe);
    goOn.resolve(undefined);
    expect((await first).kind).toBe('refused');
    expect((await later).kind).toBe('held');
    expect(shop.breaches()).toEqual([]);
  });

  it('is told what it holds, if it comes again', async () => {
    const shop = new Shop([india, europe]);
    await shop.receive(1);
    const order = newCellId('order', india);
    expect((await shop.buy(india, order)).kind).toBe('held');
    expect((await shop.buy(india)).kind).toBe('refused');
    expect(await shop.buy(india, order)).toMatchObject({
      kind: 'held',
      reservations: [{ reservation: reservationIdOf(order, pool, 1) }],
    });
  });
});
