import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { SeenDemand, wishesOf } from './retail-orders.ts';

const [india, europe] = ['in-1', 'eu-1'] as CellId[] as [CellId, CellId];

describe('wishesOf', () => {
  it('takes each line at the time of its order, in the cell of the shopper', () => {
    const order = { invoice: '1', customer: undefined };
    const wishes = wishesOf([
      {
        ...order,
        residence: 'IN',
        placedAt: new Date('2010-12-01T08:26:00Z'),
        lines: [
          { stockCode: 'A', quantity: 6 },
          { stockCode: 'B', quantity: 2 },
        ],
      },
      {
        ...order,
        residence: 'DE',
        placedAt: new Date('2010-12-01T08:28:00Z'),
        lines: [{ stockCode: 'A', quantity: 1 }],
      },
    ]);
    expect(wishes).toEqual([
      { at: 0, cell: india, pool: 'A', units: 6 },
      { at: 0, cell: india, pool: 'B', units: 2 },
      { at: 120, cell: europe, pool: 'A', units: 1 },
    ]);
  });
});

describe('SeenDemand', () => {
  it('knows nothing at first, then where all was asked for, then where a pool was', () => {
    const demand = new SeenDemand();
    expect(demand.share('A', india)).toBe(0.5);
    demand.add({ at: 0, cell: india, pool: 'B', units: 998 });
    expect(demand.share('A', india)).toBeCloseTo(0.999);
    demand.add({ at: 1, cell: europe, pool: 'A', units: 100_000 });
    expect(demand.share('A', europe)).toBeGreaterThan(0.99);
    expect(demand.share('A', europe) + demand.share('A', india)).toBeCloseTo(1);
  });
});
