import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { horizonSeconds, paceAt, withOrder, withOrders, type DemandRate } from './demand-rate.ts';

/** Orders of so many units every `gap` seconds, for so long. */
function paced(gap: number, seconds: number, units = 1): { rate: DemandRate; until: number } {
  let rate: DemandRate | undefined;
  let at = 0;
  for (let order = 0; order * gap < seconds; order += 1) {
    at = order * gap;
    rate = withOrder(rate, { at, units });
  }
  if (rate === undefined) throw new RangeError('no order');
  return { rate, until: at };
}

describe('the demand rate', () => {
  it('is nothing before anything was asked for', () => {
    expect(paceAt(undefined, 10).rate).toBe(0);
  });

  it('sees a flash sale within two ticks', () => {
    const { rate } = paced(0.001, 0.2);
    expect(paceAt(rate, 0.2).rate).toBeGreaterThan(700);
    expect(paceAt(rate, 0.2).rate).toBeLessThan(1_300);
  });

  it('follows a steady pace, slow or fast', () => {
    for (const gap of [0.01, 0.1, 1, 10]) {
      const { rate, until } = paced(gap, 1_000 * gap, 3);
      const told = paceAt(rate, until + gap).rate;
      expect(told).toBeGreaterThan((0.8 * 3) / gap);
      expect(told).toBeLessThan((1.3 * 3) / gap);
    }
  });

  it('does not take one large order for a pace', () => {
    const rate = withOrder(undefined, { at: 5, units: 600 });
    const told = paceAt(rate, 5.1).rate;
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThanOrEqual(600 / horizonSeconds + 1e-9);
  });

  it('does not take orders that come together by chance for a faster pace', () => {
    let { rate } = paced(0.4, 100);
    for (const at of [100.1, 100.2, 100.3]) rate = withOrder(rate, { at, units: 1 });
    expect(paceAt(rate, 100.4).rate).toBeLessThan(3);
    for (let order = 0; order < 20; order += 1) rate = withOrder(rate, { at: 100.45, units: 1 });
    expect(paceAt(rate, 100.5).rate).toBeGreaterThan(20);
  });

  it('tells how many orders it rests on', () => {
    const { rate, until } = paced(0.5, 20, 3);
    const pace = paceAt(rate, until + 0.1);
    expect(pace.rate / pace.perOrder).toBeGreaterThan(38);
    expect(pace.rate / pace.perOrder).toBeLessThanOrEqual(40);
    expect(paceAt(undefined, 1)).toEqual({ rate: 0, perOrder: 0 });
  });

  it('is the same for orders one by one and told together', () => {
    let [single, told]: (DemandRate | undefined)[] = [];
    for (let tick = 0; tick < 30; tick += 1) {
      const at = tick / 10;
      for (let order = 0; order < 4; order += 1) single = withOrder(single, { at, units: 2 });
      told = withOrders(told, { at, units: 8, orders: 4 });
    }
    expect(told).toEqual(single);
  });

  it('forgets a sale that is over, and starts anew after a silence', () => {
    const { rate, until } = paced(0.01, 5);
    expect(paceAt(rate, until + 10 * horizonSeconds).rate).toBeLessThan(0.01);
    const again = withOrder(rate, { at: until + 2 * horizonSeconds, units: 1 });
    expect(paceAt(again, until + 2 * horizonSeconds + 0.1).rate).toBeLessThan(0.01);
  });

  it('is a finite number of no less than 0 whatever the instants are, also if a clock went back', () => {
    const order = fc.record({ at: fc.double({ min: 0, max: 1e9, noNaN: true }), units: fc.nat() });
    fc.assert(
      fc.property(fc.array(order), fc.double({ min: 0, max: 1e9, noNaN: true }), (orders, at) => {
        let rate: DemandRate | undefined;
        for (const one of orders) rate = withOrder(rate, one);
        const told = Object.values(paceAt(rate, at));
        expect(told.every((figure) => Number.isFinite(figure) && figure >= 0)).toBe(true);
      }),
      { verbose: fc.VerbosityLevel.Verbose },
    );
  });
});
