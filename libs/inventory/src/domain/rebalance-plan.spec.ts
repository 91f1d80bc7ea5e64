import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import fc from 'fast-check';
import {
  chunkOf,
  chunkStageOf,
  defaultSettings,
  isTail,
  mayRunShort,
  openingSplit,
  planAhead,
  planGrant,
  planNeed,
  richestFirst,
  targetsOf,
  type CellOutlook,
  type PoolView,
} from './rebalance-plan.ts';

const [india, europe, france] = ['in-1', 'eu-1', 'eu-2'] as CellId[] as [CellId, CellId, CellId];
const cell = (id: CellId, free: number, rate = 0, share?: number): CellOutlook => ({
  cell: id,
  free,
  rate,
  ...(share !== undefined && { share }),
});
const pool = (own: CellOutlook, ...peers: CellOutlook[]): PoolView => ({ own, peers, stage: 0 });
/** Rates of orders of a unit that were counted for so many seconds. */
const seenFor = (seconds: number, { own, ...rest }: PoolView): PoolView => ({
  ...rest,
  own: { ...own, perOrder: 1 / seconds },
});
const sum = (parts: readonly number[]): number => parts.reduce((all, part) => all + part, 0);

const outlooks = fc
  .array(
    fc.record({
      free: fc.nat({ max: 5_000 }),
      rate: fc.nat({ max: 2_000_000 }).map((thousandths) => thousandths / 1_000),
      share: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    }),
    { minLength: 2, maxLength: 4 },
  )
  .map((all) => all.map((of, at) => cell(`eu-${at + 1}` as CellId, of.free, of.rate, of.share)));

const asPool = ([own, ...peers]: readonly CellOutlook[]): PoolView => {
  if (own === undefined) throw new RangeError('no cell');
  return pool(own, ...peers);
};

describe('targetsOf', () => {
  it('gives parts as the rates are where there is not enough for the horizon', () => {
    expect(targetsOf([cell(india, 500, 700), cell(europe, 500, 300)], defaultSettings)).toEqual([
      700, 300,
    ]);
  });

  it('covers the horizon and shares the rest by the forecast', () => {
    const cells = [cell(india, 500, 0.1, 0.9), cell(europe, 530, 0, 0.1)];
    expect(targetsOf(cells, defaultSettings)).toEqual([30 + 900, 100]);
    expect(targetsOf([cell(india, 10), cell(europe, 30)], defaultSettings)).toEqual([20, 20]);
  });

  it('adds up to what all cells have', () => {
    fc.assert(
      fc.property(outlooks, (cells) => {
        const targets = targetsOf(cells, defaultSettings);
        expect(sum(targets)).toBeCloseTo(sum(cells.map(({ free }) => free)), 3);
        expect(targets.every((units) => units >= 0)).toBe(true);
      }),
      { verbose: fc.VerbosityLevel.Verbose },
    );
  });
});

describe('openingSplit', () => {
  it('follows the forecast in whole units and loses none', () => {
    expect(openingSplit(100, [0.9, 0.1])).toEqual([90, 10]);
    expect(openingSplit(3, [1, 1])).toEqual([2, 1]);
    expect(openingSplit(3, [0, 0])).toEqual([2, 1]);
    fc.assert(
      fc.property(
        fc.nat({ max: 100_000 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 5 }),
        (units, shares) => {
          expect(sum(openingSplit(units, shares))).toBe(units);
        },
      ),
      { verbose: fc.VerbosityLevel.Verbose },
    );
  });
});

describe('the chunk', () => {
  it('is a quarter below a quarter of the opening stock and again below 6 %', () => {
    expect(chunkStageOf(1_000, 1_000, 0)).toBe(0);
    expect(chunkStageOf(249, 1_000, 0)).toBe(1);
    expect(chunkStageOf(59, 1_000, 1)).toBe(2);
    expect([0, 1, 2].map((stage) => chunkOf(800, 2, stage as 0 | 1 | 2))).toEqual([100, 25, 6.25]);
  });

  it('grows again only at twice that part', () => {
    expect(chunkStageOf(260, 1_000, 1)).toBe(1);
    expect(chunkStageOf(500, 1_000, 1)).toBe(0);
    expect(chunkStageOf(119, 1_000, 2)).toBe(2);
    expect(chunkStageOf(120, 1_000, 2)).toBe(1);
  });
});

describe('planAhead', () => {
  it('asks before the goods run out, for what brings the cell to its part', () => {
    const view = seenFor(300, pool(cell(india, 500, 950), cell(europe, 500, 50)));
    expect(planAhead(view, defaultSettings)).toEqual([{ donor: europe, need: 0, units: 449 }]);
  });

  it('asks for the less the fewer orders its rates rest on', () => {
    const asked = [0.02, 0.1, 1, 100].map((seconds) => {
      const view = seenFor(seconds, pool(cell(india, 500, 95), cell(europe, 500, 5)));
      return planAhead(view, defaultSettings)[0]?.units;
    });
    expect(asked).toEqual([undefined, 98, 379, 444]);
  });

  it('keeps to units that lie by a forecast that is right, whatever chance makes of the first orders', () => {
    // one second: 5 orders where 2.5 were to be expected
    const lucky = seenFor(1, pool(cell(europe, 50, 5), cell(india, 950, 45)));
    expect(planAhead(lucky, defaultSettings)).toEqual([]);
    const donor = seenFor(1, pool(cell(india, 950, 45), cell(europe, 50, 5)));
    expect(planGrant(donor, { need: 0, units: 50 }, defaultSettings)).toBe(0);
  });

  it('asks for the horizon only where more is lacking than chance makes of the demand to come', () => {
    const of = (own: number, other: number) =>
      planAhead(
        { ...seenFor(1_000, pool(cell(india, own, 5), cell(europe, other, 5))), stage: 1 },
        defaultSettings,
      ).length;
    expect(of(80, 120)).toBe(0);
    expect(of(70, 130)).toBe(1);
  });

  it('asks for nothing while there is enough, and where less than half a chunk is lacking', () => {
    const enough = pool(cell(india, 500, 0.01), cell(europe, 500, 0.01));
    expect(planAhead(enough, defaultSettings)).toEqual([]);
    const nearly = pool(cell(india, 480, 50), cell(europe, 520, 50));
    expect(planAhead(nearly, defaultSettings)).toEqual([]);
  });

  it('moves nothing in the tail before the last unit may be gone', () => {
    const tail = pool(cell(india, 2, 2), cell(europe, 15, 0));
    expect(isTail([tail.own, ...tail.peers], defaultSettings)).toBe(true);
    expect(planAhead(tail, defaultSettings)).toEqual([]);
    const few = pool(cell(india, 1, 1.4), cell(europe, 2, 0.6));
    expect(planAhead(few, defaultSettings)).toEqual([]);
    const flash = pool(cell(india, 100, 950), cell(europe, 100, 50));
    expect(planAhead(flash, defaultSettings)).toEqual([{ donor: europe, need: 0, units: 242 }]);
  });

  it('leaves each cell a unit in the tail, as long as there are so many', () => {
    const asks = (...[own, other]: readonly [number, number]) =>
      planAhead(pool(cell(india, own, 1.4), cell(europe, other, 0.6)), defaultSettings);
    expect(asks(1, 9)).toEqual([{ donor: europe, need: 0, units: 5 }]);
    expect(asks(0, 2)).toEqual([{ donor: europe, need: 0, units: 1 }]);
    expect(asks(1, 1)).toEqual([]);
    // the last unit lies where more is sold; that it may be sold is no reason not to ask
    expect(asks(0, 0.4)).toEqual([{ donor: europe, need: 0, units: 1 }]);
    const slower = pool(cell(europe, 0, 0.6), cell(india, 1, 1.4));
    expect(planAhead(slower, defaultSettings)).toEqual([]);
  });

  it('lets two cells that know the same never ask each other at once', () => {
    fc.assert(
      fc.property(outlooks, fc.double({ min: 0.1, max: 1_000, noNaN: true }), (cells, seconds) => {
        const [one, other] = cells;
        if (one === undefined || other === undefined) return;
        // in a flash a cell asks for what it will need at once, whatever its part
        fc.pre(!isTail([one, other], defaultSettings) || one.rate + other.rate < 2);
        const asks = [seenFor(seconds, pool(one, other)), pool(other, one)].map(
          (of) => planAhead(of, defaultSettings).length,
        );
        expect(sum(asks)).toBeLessThanOrEqual(1);
      }),
      { verbose: fc.VerbosityLevel.Verbose },
    );
  });
});

describe('mayRunShort', () => {
  it('is true below what a cell sells within the horizon, and false where nothing sells', () => {
    expect(mayRunShort({ free: 2_999, rate: 10 }, defaultSettings)).toBe(true);
    expect(mayRunShort({ free: 3_000, rate: 10 }, defaultSettings)).toBe(false);
    expect(mayRunShort({ free: 0, rate: 0 }, defaultSettings)).toBe(false);
  });

  it('is true wherever something is asked for ahead', () => {
    fc.assert(
      fc.property(outlooks, (cells) => {
        const view = asPool(cells);
        if (planAhead(view, defaultSettings).length > 0) {
          expect(mayRunShort(view.own, defaultSettings)).toBe(true);
        }
      }),
      { verbose: fc.VerbosityLevel.Verbose },
    );
  });
});

describe('planNeed', () => {
  it('asks the richest first and others for what that one cannot have', () => {
    const three = pool(cell(india, 0, 0, 0), cell(europe, 30, 0, 0.5), cell(france, 80, 0, 0.5));
    expect(planNeed(three, 100, defaultSettings)).toEqual([
      { donor: france, need: 80, units: 80 },
      { donor: europe, need: 20, units: 20 },
    ]);
  });

  it('asks everyone for what nobody is known to have', () => {
    const empty = pool(cell(india, 0), cell(europe, 0), cell(france, 2));
    expect(planNeed(empty, 5, defaultSettings)).toEqual([
      { donor: france, need: 5, units: 5 },
      { donor: europe, need: 3, units: 3 },
    ]);
  });

  it('asks for all that is needed, whatever is known of the others', () => {
    fc.assert(
      fc.property(outlooks, fc.integer({ min: 1, max: 500 }), (cells, need) => {
        const asks = planNeed(asPool(cells), need, defaultSettings);
        expect(sum(asks.map((ask) => ask.need))).toBeGreaterThanOrEqual(need);
        expect(asks.every((ask) => ask.units >= ask.need)).toBe(true);
        expect(new Set(asks.map(({ donor }) => donor)).size).toBe(asks.length);
      }),
      { verbose: fc.VerbosityLevel.Verbose },
    );
  });
});

describe('planGrant', () => {
  const ask = { need: 10, units: 500 };

  it('gives what is waited for as far as there is any, in part if need be', () => {
    const busy = pool(cell(europe, 6, 1_000), cell(india, 0, 1));
    expect(planGrant(busy, ask, defaultSettings)).toBe(6);
  });

  it('gives ahead only above its own part', () => {
    const donor = seenFor(300, pool(cell(europe, 500, 50), cell(india, 500, 950)));
    expect(planGrant(donor, { need: 0, units: 500 }, defaultSettings)).toBe(449);
  });

  it('gives what a cell asks for ahead that knows the same, beside what its own shoppers take', () => {
    fc.assert(
      fc.property(outlooks, fc.double({ min: 0.1, max: 1_000, noNaN: true }), (cells, seconds) => {
        const [one, other] = cells;
        if (one === undefined || other === undefined) return;
        fc.pre(!isTail([one, other], defaultSettings));
        const [ask] = planAhead(seenFor(seconds, pool(one, other)), defaultSettings);
        if (ask === undefined) return;
        const donor = seenFor(seconds, pool(other, one));
        const soon = 2 * defaultSettings.roundTripSeconds * other.rate;
        const given = planGrant(donor, ask, defaultSettings);
        expect(given).toBeGreaterThanOrEqual(
          Math.min(ask.units, Math.floor(other.free - soon)) - 1,
        );
      }),
      { verbose: fc.VerbosityLevel.Verbose },
    );
  });

  it('gives a home that lost units all that is free, whatever is asked for', () => {
    const busy = pool(cell(europe, 60, 1_000), cell(india, 0, 1));
    const recall = { need: 5, units: 5, isRecall: true };
    expect(planGrant(busy, recall, defaultSettings)).toBe(60);
  });

  it('never gives ahead what its shoppers take in two round trips, nor more than was asked', () => {
    fc.assert(
      fc.property(outlooks, fc.nat(), fc.nat(), (cells, need, more) => {
        const donor = asPool(cells);
        const given = planGrant(donor, { need, units: need + more }, defaultSettings);
        expect(given).toBeGreaterThanOrEqual(Math.min(need, donor.own.free));
        expect(given).toBeLessThanOrEqual(Math.min(need + more, donor.own.free));
        const keeps = Math.floor(2 * defaultSettings.roundTripSeconds * donor.own.rate);
        if (given > need) expect(donor.own.free - given).toBeGreaterThanOrEqual(keeps);
      }),
      { verbose: fc.VerbosityLevel.Verbose },
    );
  });
});

describe('richestFirst', () => {
  it('orders by what was last told, equal ones by name', () => {
    const cells = [cell(india, 5), cell(france, 9), cell(europe, 5)];
    expect(richestFirst(cells).map((of) => of.cell)).toEqual([france, europe, india]);
  });
});
