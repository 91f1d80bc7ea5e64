import { describe, expect, it } from '@jest/globals';
import type { Sku } from '@entrepot/kernel';
import type { PoolOutlook } from './allocate.ts';
import { poolIdOf } from './pool.ts';
import {
  demandsOf,
  heldBy,
  planReservation,
  unknownSiblingsOf,
  withCeiling,
  withHeld,
} from './reservation-plan.ts';

const mug = 'mug' as Sku;
const [blr, rtm] = [poolIdOf('blr', 'mug'), poolIdOf('rtm', 'mug')];
const pool = (id: typeof blr, free: number): PoolOutlook => ({
  pool: id,
  isOwn: id === blr,
  isKnown: true,
  free,
});
const lines = (...quantities: number[]) =>
  quantities.map((quantity, at) => ({ line: `line-${at}`, sku: mug, quantity }));

describe('a reservation plan', () => {
  it('sums lines of one SKU into one demand per pool, in pool order', () => {
    const plan = planReservation(lines(2, 3, 6), () => [pool(rtm, 9), pool(blr, 4)]);
    expect(demandsOf(plan)).toEqual([
      { pool: blr, quantity: 4 },
      { pool: rtm, quantity: 7 },
    ]);
  });

  it('drops lines whole when there is not enough, earlier lines first to stay', () => {
    const plan = withCeiling(
      planReservation(lines(5, 5, 2), () => [pool(blr, 0)]),
      blr,
      7,
    );
    expect(demandsOf(plan)).toEqual([{ pool: blr, quantity: 7 }]);
    expect(plan.dropped).toMatchObject([
      { line: 'line-1', availability: { answer: 'INSUFFICIENT', available: 7 } },
    ]);
  });

  it('moves on to the next pool when one proves empty, and settles what must be borrowed first', () => {
    const plan = withCeiling(
      planReservation(lines(5), () => [pool(blr, 2), pool(rtm, 0)]),
      blr,
      2,
    );
    expect(demandsOf(plan)).toEqual([{ pool: rtm, quantity: 3 }]);
    expect(demandsOf(withHeld(plan, [{ pool: rtm, quantity: 3 }]))).toEqual([
      { pool: blr, quantity: 2 },
    ]);
  });

  it('gives back what it holds for a line that cannot be completed elsewhere', () => {
    const held = withHeld(
      withCeiling(
        planReservation(lines(5), () => [pool(blr, 2), pool(rtm, 0)]),
        blr,
        2,
      ),
      [{ pool: blr, quantity: 2 }],
    );
    const plan = withCeiling(held, rtm, 1);
    expect(plan.surplus).toEqual([{ pool: blr, quantity: 2 }]);
    expect(heldBy(plan)).toEqual([]);
    expect(plan.dropped).toMatchObject([{ availability: { available: 3 } }]);
  });

  it('knows where else the goods may be of which nothing is known yet', () => {
    const plan = planReservation(lines(5), () => [
      pool(blr, 2),
      { ...pool(rtm, 0), isKnown: false },
    ]);
    expect(unknownSiblingsOf(plan, blr)).toEqual([rtm]);
    expect(unknownSiblingsOf(plan, rtm)).toEqual([]);
    expect(unknownSiblingsOf(withCeiling(plan, rtm, 0), blr)).toEqual([]);
  });

  it('starts over when a held pool might have had the rest', () => {
    const held = withHeld(
      planReservation(lines(5), () => [pool(blr, 2), pool(rtm, 3)]),
      [{ pool: blr, quantity: 2 }],
    );
    expect(withCeiling(held, rtm, 1).mustRestart).toBe(true);
  });
});
