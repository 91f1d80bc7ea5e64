import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate, type PoolOutlook } from './allocate.ts';
import { poolIdOf } from './pool.ts';

const outlook = (warehouse: string, of: Partial<PoolOutlook> = {}): PoolOutlook => ({
  pool: poolIdOf(warehouse, 'mug'),
  isOwn: false,
  isKnown: true,
  free: 0,
  ...of,
});
const own = outlook('rtm', { isOwn: true, free: 5 });
const other = outlook('blr', { free: 5 });

describe('allocate', () => {
  it('takes from own warehouses first, then by id', () => {
    expect(allocate(5, [other, own]).portions).toEqual([{ pool: 'rtm/mug', quantity: 5 }]);
    const third = outlook('ams', { free: 1 });
    expect(allocate(8, [other, third, own]).portions).toEqual([
      { pool: 'rtm/mug', quantity: 5 },
      { pool: 'ams/mug', quantity: 1 },
      { pool: 'blr/mug', quantity: 2 },
    ]);
  });

  it('asks the first pool without a proven end for what lies nowhere here', () => {
    expect(allocate(20, [other, { ...own, ceiling: 5 }]).portions).toEqual([
      { pool: 'rtm/mug', quantity: 5 },
      { pool: 'blr/mug', quantity: 15 },
    ]);
  });

  it('leaves missing what no pool can have', () => {
    const ended = [
      { ...own, ceiling: 6 },
      { ...other, ceiling: 2 },
    ];
    expect(allocate(10, ended).missing).toBe(2);
  });

  it('neither loses nor invents a unit, nor goes beyond a proven end', () => {
    const arbitrary = fc.record({
      free: fc.nat({ max: 9 }),
      ceiling: fc.option(fc.nat({ max: 9 }), { nil: undefined }),
      isOwn: fc.boolean(),
      isKnown: fc.boolean(),
    });
    const anyOutlooks = fc
      .array(arbitrary, { maxLength: 4 })
      .map((all) =>
        all.map(({ ceiling, ...of }, at) =>
          outlook(`wh${at}`, { ...of, ...(ceiling !== undefined && { ceiling }) }),
        ),
      );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), anyOutlooks, (quantity, outlooks) => {
        const { portions, missing } = allocate(quantity, outlooks);
        const placed = portions.reduce((sum, portion) => sum + portion.quantity, 0);
        expect(placed + missing).toBe(quantity);
        for (const portion of portions) {
          const { ceiling } = outlooks.find(({ pool }) => pool === portion.pool) ?? {};
          expect(portion.quantity).toBeLessThanOrEqual(ceiling ?? quantity);
        }
        const hasOpenEnd = outlooks.some(({ ceiling }) => ceiling === undefined);
        if (hasOpenEnd) expect(missing).toBe(0);
      }),
      { verbose: fc.VerbosityLevel.Verbose },
    );
  });
});
