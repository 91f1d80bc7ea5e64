import { beforeEach, describe, expect, it } from '@jest/globals';
import { newCellId, type CellId, type Sku } from '@entrepot/kernel';
import fc from 'fast-check';
import { v4 } from 'uuid';
import type { Mint } from '../domain/commands.ts';
import { beginRecovery, endRecovery } from '../domain/recovery.ts';
import { findBreaches, findGlobalBreaches } from '../domain/invariants.ts';
import { poolIdOf } from '../domain/pool.ts';
import { openCellsInMemory, type CellInMemory } from '../testing/cells-in-memory.ts';
import { BorrowAdvice } from './borrow-advice.ts';
import type { BorrowAsk, BorrowReply } from './peer-inventory.ts';

const [india, europe, france] = ['in-1', 'eu-1', 'eu-2'] as [CellId, CellId, CellId];
const ids = [india, europe, france];
const directory = {
  cells: [
    { id: india, warehouses: [{ id: 'blr' }] },
    { id: europe, warehouses: [] },
    { id: france, warehouses: [] },
  ],
} as unknown as Parameters<typeof openCellsInMemory>[0];
const sku = 'tea' as Sku;
const pool = poolIdOf('blr', sku);

let cells: ReadonlyMap<CellId, CellInMemory>;
const cell = (id: CellId): CellInMemory => {
  const found = cells.get(id);
  if (found === undefined) throw new RangeError(`there is no cell ${id}`);
  return found;
};
const freeIn = (id: CellId) => cell(id).ledger.stock.pools.get(pool)?.balances.FREE ?? 0;

/** Units at home, and what each peer has of them. */
async function stock(units: number, shares: ReadonlyMap<CellId, number>): Promise<void> {
  const document = v4() as Mint['document'];
  await cell(india).lanes.submit([
    { kind: 'mint', pool, home: india, document, quantity: units, into: 'FREE' },
  ]);
  for (const [peer, level] of shares) {
    await cell(india).lanes.submit([
      { kind: 'grant', pool, peer, level, ceiling: level, acked: 0 },
    ]);
    await cell(peer).lanes.submit([
      { kind: 'apply', pool, home: india, peer: india, total: level, epoch: 1 },
    ]);
  }
}

const order = (id: CellId, quantity: number) =>
  cell(id).reserveLines.execute({
    ...{ order: newCellId('order', id), round: 1, onShortage: 'refuse' },
    lines: [{ line: '1', sku, quantity }],
  });

function breaches(): string[] {
  const stocks = [...cells.values()].map(({ ledger }) => ledger.stock);
  return [...stocks.flatMap(findBreaches), ...findGlobalBreaches(stocks)];
}

describe('Of three cells, one that comes short', () => {
  beforeEach(() => {
    cells = openCellsInMemory(directory, 'planned');
  });

  it('takes parts from both others where neither has enough', async () => {
    await stock(
      100,
      new Map([
        [europe, 30],
        [france, 10],
      ]),
    );
    await order(india, 55);
    expect(await order(france, 40)).toMatchObject({ kind: 'held' });
    expect([india, europe, france].map(freeIn)).toEqual([0, 5, 0]);
    expect(breaches()).toEqual([]);
  });

  it('asks the one that was richest when last heard of, and the other for no more', async () => {
    await stock(
      300,
      new Map([
        [europe, 200],
        [france, 0],
      ]),
    );
    await order(france, 1);
    const before = freeIn(india);
    while (freeIn(france) > 0) await order(france, freeIn(france));
    await order(france, 1);
    expect(freeIn(india)).toBe(before);
    expect(breaches()).toEqual([]);
  });

  it('says how many there are only after two looks that agree', async () => {
    await stock(
      30,
      new Map([
        [europe, 10],
        [france, 10],
      ]),
    );
    const calls = cell(france).exchanges();
    expect(await order(france, 31)).toMatchObject({
      ...{
        kind: 'refused',
        dropped: [{ availability: { answer: 'INSUFFICIENT', available: 30 } }],
      },
    });
    expect(cell(france).exchanges() - calls).toBeGreaterThanOrEqual(4);
    expect(await order(france, 30)).toMatchObject({ kind: 'held' });
    expect(await order(india, 1)).toMatchObject({
      ...{ kind: 'refused', dropped: [{ availability: { answer: 'GLOBAL_EMPTY' } }] },
    });
    expect(breaches()).toEqual([]);
  });
});

/** Says anything at all. */
class HostileAdvice extends BorrowAdvice {
  constructor(private readonly next: () => number) {
    super();
  }

  forward(_peer: CellId, asks: readonly BorrowAsk[]): readonly BorrowAsk[] {
    return asks.map((ask) => ({ ...ask, level: Math.floor(this.next() * 1e6), rate: 7, free: 3 }));
  }

  learn(): void {
    // it has made up its mind
  }

  allow(): number {
    const odd = [Infinity, NaN, -5, 0.5, 1e300];
    return odd[Math.floor(this.next() * 2 * odd.length)] ?? this.next() * 100;
  }

  answer(_asker: CellId, _asks: readonly BorrowAsk[], reply: BorrowReply): BorrowReply {
    return reply;
  }
}

describe('A hostile planner', () => {
  it('makes no cell sell a unit twice, nor refuse what is there', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 8 }),
        fc.array(
          fc.record({ at: fc.constantFrom(...ids), quantity: fc.integer({ min: 1, max: 9 }) }),
          {
            minLength: 1,
            maxLength: 5,
          },
        ),
        async (numbers, orders) => {
          let drawn = 0;
          const next = () => numbers[(drawn += 1) % numbers.length] ?? 0;
          cells = openCellsInMemory(directory, new HostileAdvice(next));
          await stock(
            20,
            new Map([
              [europe, 7],
              [france, 7],
            ]),
          );
          const results = [];
          for (const { at, quantity } of orders) {
            const wanted = await order(at, quantity);
            const left = ids.reduce((sum, id) => sum + freeIn(id), 0);
            if (wanted.kind === 'refused') expect(left).toBeLessThan(quantity);
            results.push(wanted.kind === 'held' ? quantity : 0);
          }
          const left = ids.reduce((sum, id) => sum + freeIn(id), 0);
          expect(results.reduce((sum, units) => sum + units, 0) + left).toBe(20);
          expect(breaches()).toEqual([]);
        },
      ),
      { numRuns: 25, verbose: fc.VerbosityLevel.Verbose },
    );
  }, 60_000);
});

describe('Goods of a home that was restored from before they came', () => {
  it.each(['blr', 'ccu'])('are had from another cell that has some of %s', async (warehouse) => {
    const warehouses = [{ id: 'blr' }, { id: 'ccu' }];
    const [home, ...others] = directory.cells;
    cells = openCellsInMemory(
      { cells: [{ ...home, warehouses }, ...others] } as unknown as typeof directory,
      'planned',
    );
    const given = { pool: poolIdOf(warehouse, sku), home: india };
    const { ledger } = cell(india);
    ledger.stock = beginRecovery(ledger.stock, 1);
    await ledger.apply([{ kind: 'repair', ...given, peer: europe, applied: 3, granted: 0 }]);
    ledger.stock = endRecovery(ledger.stock, 2);
    await cell(europe).lanes.submit([{ kind: 'apply', ...given, peer: india, total: 3, epoch: 1 }]);
    expect(await order(france, 2)).toMatchObject({ kind: 'held' });
  });
});
