import { describe, expect, it } from '@jest/globals';
import { newCellId, type CellId, type Sku } from '@entrepot/kernel';
import { v5 } from 'uuid';
import type { Mint } from '../domain/commands.ts';
import { findBreaches, findGlobalBreaches } from '../domain/invariants.ts';
import { poolIdOf } from '../domain/pool.ts';
import { openCellsInMemory, type CellInMemory } from '../testing/cells-in-memory.ts';

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
