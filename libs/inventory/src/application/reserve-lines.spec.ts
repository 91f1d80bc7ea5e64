import { describe, expect, it } from '@jest/globals';
import { newCellId, SystemClock, type CellId, type Sku } from '@entrepot/kernel';
import { v5 } from 'uuid';
import type { Mint } from '../domain/commands.ts';
import { findBreaches, findGlobalBreaches } from '../domain/invariants.ts';
import { poolIdOf } from '../domain/pool.ts';
import {
  LedgerInMemory,
  openCellsInMemory,
  StoreInMemory,
  type CellInMemory,
} from '../testing/cells-in-memory.ts';
import { AvailabilityBoard } from './availability-board.ts';
import { BorrowDesk } from './borrow-desk.ts';
import { PeerSilentError } from './peer-inventory.ts';
import { RefusalRegister } from './refusal-register.ts';
import { ReserveLines, type ReserveLinesRequest } from './reserve-lines.ts';
import { reservationIdOf } from './reservation-ids.ts';
import { SoldOut } from './sold-out.ts';
import { StockLanes } from './stock-lanes.ts';
import { StockMap } from './stock-map.ts';
import { StockOutlook } from './stock-outlook.ts';

const [india, europe] = ['in-1', 'eu-1'] as [CellId, CellId];
const directory = {
  cells: [
    { id: india, warehouses: [{ id: 'blr' }] },
    { id: europe, warehouses: [{ id: 'rtm' }] },
  ],
} as unknown as Parameters<typeof openCellsInMemory>[0];
const homes = { blr: india, rtm: europe } as const;

interface Stocked {
  readonly sku: Sku;
  readonly warehouse: keyof typeof homes;
}

const goods = (count: number): readonly Stocked[] =>
  Array.from({ length: count }, (_, at) => ({
    sku: `sku-${String(at).padStart(3, '0')}` as Sku,
    warehouse: at % 2 === 0 ? 'blr' : 'rtm',
  }));

class Shop {
  private readonly cells = openCellsInMemory(directory);

  cell(id: CellId): CellInMemory {
    const found = this.cells.get(id);
    if (found === undefined) throw new RangeError(`there is no cell ${id}`);
    return found;
  }

  /** Mints units at the home of the warehouse and gives the other cell its share. */
  async stock({ sku, warehouse }: Stocked, quantity: number, share: number): Promise<void> {
    const pool = poolIdOf(warehouse, sku);
    const home = homes[warehouse];
    const peer = home === india ? europe : india;
    const document = v5(pool, v5.URL) as Mint['document'];
    await this.cell(home).lanes.submit([
      { kind: 'mint', pool, home, document, quantity, into: 'FREE' },
      { kind: 'grant', pool, peer, level: share, ceiling: share, acked: 0 },
    ]);
    await this.cell(peer).lanes.submit([
      { kind: 'apply', pool, home, peer: home, total: share, epoch: 1 },
    ]);
  }

  order(
    cell: CellId,
    skus: readonly Stocked[],
    quantity: number,
    onShortage: 'refuse' | 'partial',
  ) {
    const lines = skus.map(({ sku }) => ({ line: sku, sku, quantity }));
    const order = newCellId('order', cell);
    return this.cell(cell).reserveLines.execute({ order, round: 1, lines, onShortage });
  }

  breaches(): string[] {
    const stocks = [...this.cells.values()].map(({ ledger }) => ledger.stock);
    return [...stocks.flatMap(findBreaches), ...findGlobalBreaches(stocks)];
  }
}

describe('an order of hundreds of short lines', () => {
  it.each(['refuse', 'partial'] as const)(
    'is proven short of all of them in one exchange (%s)',
    async (onShortage) => {
      const shop = new Shop();
      const skus = goods(300);
      for (const sku of skus) await shop.stock(sku, 5, 2);
      const before = shop.cell(europe).ledger.calls;
      const result = await shop.order(europe, skus, 6, onShortage);
      expect(result).toMatchObject({ kind: 'refused' });
      expect(result.kind === 'refused' && result.dropped).toHaveLength(300);
      expect(shop.cell(europe).exchanges()).toBe(1);
      // came short, took in what was given, came short again
      expect(shop.cell(europe).ledger.calls - before).toBe(3);
      expect(shop.breaches()).toEqual([]);
    },
  );

  it('has what other cells could give after one exchange, and takes what was there at once', async () => {
    const shop = new Shop();
    const skus = goods(300);
    for (const sku of skus) await shop.stock(sku, 5, 2);
    const result = await shop.order(europe, skus, 5, 'partial');
    expect(result.kind === 'held' && result.reservations).toHaveLength(300);
    expect(shop.cell(europe).exchanges()).toBe(1);
    expect(shop.breaches()).toEqual([]);
  });

  it('is decided beside an equal one of the other cell, which has the rest', async () => {
    const shop = new Shop();
    const skus = goods(100);
    for (const sku of skus) await shop.stock(sku, 5, 2);
    const results = await Promise.all([
      shop.order(europe, skus, 4, 'partial'),
      shop.order(india, skus, 4, 'partial'),
    ]);
    const held = results.flatMap((of) => (of.kind === 'held' ? of.reservations : []));
    expect(results.map(({ kind }) => kind)).not.toContain('unsettled');
    expect(held).toHaveLength(100);
    expect(shop.breaches()).toEqual([]);
  });

  it('shares exchanges with the other orders of its process', async () => {
    const shop = new Shop();
    const skus = goods(40);
    for (const sku of skus) await shop.stock(sku, 5, 2);
    const results = await Promise.all(
      Array.from({ length: 20 }, () => shop.order(europe, skus, 6, 'partial')),
    );
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['refused']));
    expect(shop.cell(europe).exchanges()).toBeLessThanOrEqual(2);
    expect(shop.breaches()).toEqual([]);
  });
});

describe('an order of all or nothing', () => {
  it('touches nothing else once a line is refused, so that another order can have it', async () => {
    const shop = new Shop();
    const [gone, left] = goods(2) as [Stocked, Stocked];
    await shop.stock(gone, 1, 0);
    await shop.stock(left, 1, 0);
    expect((await shop.order(india, [gone], 1, 'refuse')).kind).toBe('held');
    const result = await shop.order(europe, [gone, left], 1, 'refuse');
    expect(result).toMatchObject({ kind: 'refused', dropped: [{ sku: gone.sku }] });
    const { journal } = shop.cell(europe).ledger.stock;
    expect(journal.filter(({ movement }) => movement === 'RESERVE')).toEqual([]);
    expect(shop.breaches()).toEqual([]);
  });
});

/** Processes of one cell over the same books, beside a cell that does not answer when it is asked. */
class CellWithProcesses {
  readonly ledger = new LedgerInMemory(india);
  private readonly map = new StockMap(directory, india);

  open(silence: () => Promise<void>): ReserveLines {
    const store = new StoreInMemory(this.ledger, []);
    const board = new AvailabilityBoard();
    const lanes = new StockLanes([this.ledger], board);
    const desk = new BorrowDesk(this.map, lanes, {
      borrow: async () => {
        await silence();
        throw new PeerSilentError('no answer');
      },
      exchangeTotals: () => Promise.reject(new TypeError('nobody asks')),
    });
    const outlook = new StockOutlook(this.map, store);
    const soldOut = new SoldOut(this.map, store, lanes, desk);
    const register = new RefusalRegister(store, board, soldOut);
    return new ReserveLines(outlook, lanes, desk, register, new SystemClock());
  }

  receive({ sku }: Stocked, quantity: number): Promise<unknown> {
    const pool = poolIdOf('blr', sku);
    const document = v5(`${pool} ${quantity}`, v5.URL) as Mint['document'];
    const mint = { kind: 'mint', pool, home: india, document, quantity, into: 'FREE' } as const;
    return this.ledger.apply([mint]);
  }

  stateOf({ order, round }: ReserveLinesRequest, { sku }: Stocked): string | undefined {
    const id = reservationIdOf(order, poolIdOf('blr', sku), round);
    return this.ledger.stock.reservations.get(id)?.state;
  }
}

const silent = (): Promise<void> => Promise.resolve();

describe('two calls of one order and round, of which one was thought dead', () => {
  const [there, late] = goods(3).filter(({ warehouse }) => warehouse === 'blr') as [
    Stocked,
    Stocked,
  ];
  const request = (onShortage: 'refuse' | 'partial'): ReserveLinesRequest => ({
    ...{ order: newCellId('order', india), round: 1, onShortage },
    lines: [there, late].map(({ sku }) => ({ line: sku, sku, quantity: 1 })),
  });

  it.each(['refuse', 'partial'] as const)(
    'never release what the other was told it holds (%s)',
    async (onShortage) => {
      const cell = new CellWithProcesses();
      await cell.receive(there, 1);
      await cell.receive(late, 1);
      const rival = cell.open(silent);
      const other = { ...request('refuse'), lines: request('refuse').lines.slice(1) };
      expect((await rival.execute(other)).kind).toBe('held');
      const asked = request(onShortage);
      let asks = 0;
      const second = Promise.withResolvers<undefined>();
      const goOn = Promise.withResolvers<undefined>();
      const stale = cell.open(async () => {
        asks += 1;
        if (asks < 2) return;
        second.resolve(undefined);
        await goOn.promise;
      });
      const first = stale.execute(asked);
      // it holds one line and waits for the other, until its lease is over and another takes the order up
      await second.promise;
      await cell.receive(late, 2);
      const taken = await cell.open(silent).execute(asked);
      goOn.resolve(undefined);
      expect((await first).kind).toBe('unsettled');
      const told = taken.kind === 'held' ? taken.reservations : [];
      const states = told.map(({ reservation }) => cell.ledger.stock.reservations.get(reservation));
      expect(states.map((of) => of?.state)).toEqual(told.map(() => 'HELD'));
      expect(taken.kind).toBe('round-spent');
      expect(cell.stateOf(asked, there)).toBe('RELEASED');
      expect((await cell.open(silent).execute({ ...asked, round: 2 })).kind).toBe('held');
      expect(findBreaches(cell.ledger.stock)).toEqual([]);
    },
  );

  it('are told the same when the first had ended well', async () => {
    const cell = new CellWithProcesses();
    await cell.receive(there, 1);
    await cell.receive(late, 1);
    const asked = request('refuse');
    const first = await cell.open(silent).execute(asked);
    expect(first).toMatchObject({ kind: 'held' });
    expect(await cell.open(silent).execute(asked)).toEqual(first);
  });

  it.each([false, true])(
    'are told the same when the first ended well while the second planned (sold: %s)',
    async (isSold) => {
      const cell = new CellWithProcesses();
      await cell.receive(there, 1);
      await cell.receive(late, 1);
      const asked = request('refuse');
      const { order, round } = asked;
      const named = [there, late].map(({ sku }) => {
        const pool = poolIdOf('blr', sku);
        return { pool, reservation: reservationIdOf(order, pool, round), order, quantity: 1 };
      });
      const first = new StockLanes([cell.ledger], new AvailabilityBoard());
      const [result] = await Promise.all([
        cell.open(silent).execute(asked),
        first.submit([
          ...named.map((of) => ({
            ...{ ...of, kind: 'reserve' as const, group: order, holdSeconds: 600 },
          })),
          ...named.filter(() => isSold).map((of) => ({ ...of, kind: 'confirm' as const })),
        ]),
      ]);
      const state = isSold ? 'CONFIRMED' : 'HELD';
      expect([cell.stateOf(asked, there), cell.stateOf(asked, late)]).toEqual([state, state]);
      expect(result).toEqual(await cell.open(silent).execute(asked));
      expect(result).toMatchObject({ kind: 'held', dropped: [] });
    },
  );

  it('give back what they held beside a line that the other had taken', async () => {
    const cell = new CellWithProcesses();
    await cell.receive(there, 1);
    await cell.receive(late, 1);
    const asked = request('refuse');
    const { order, round } = asked;
    const pool = poolIdOf('blr', late.sku);
    const reservation = reservationIdOf(order, pool, round);
    const taken = { kind: 'reserve', pool, reservation, order, group: order, quantity: 1 } as const;
    // the other call reserves while this one plans
    const slow = new StockLanes([cell.ledger], new AvailabilityBoard());
    const [result] = await Promise.all([
      cell.open(silent).execute(asked),
      slow.submit([{ ...taken, holdSeconds: 600 }]),
    ]);
    expect(result.kind).toBe('round-spent');
    expect(cell.stateOf(asked, there)).toBe('RELEASED');
    expect(cell.stateOf(asked, late)).toBe('HELD');
  });
});
