import { describe, expect, it } from '@jest/globals';
import type { CurrencyCode, OrderId, Sku } from '@entrepot/kernel';
import { Money } from '@entrepot/kernel';
import fc from 'fast-check';
import {
  assertTransition,
  dropLines,
  isSettled,
  lineTotal,
  type Order,
  orderStatuses,
  orderTransitions,
  pinLines,
  totalsOf,
} from './order.ts';

const currency = 'INR' as CurrencyCode;
const pricedLine = fc.record({
  sku: fc.stringMatching(/^[A-Z0-9]{5,8}$/).map((sku) => sku as Sku),
  quantity: fc.integer({ min: 1, max: 100_000 }),
  unitPrice: fc.bigInt({ min: 0n, max: 10_000_000n }).map((minor) => Money.of(minor, currency)),
  taxRateBasisPoints: fc.integer({ min: 0, max: 10_000 }),
  priceVersion: fc.integer({ min: 1, max: 1_000_000 }),
});
const pricedLines = fc.uniqueArray(pricedLine, {
  selector: (line) => line.sku,
  minLength: 1,
  maxLength: 50,
});

describe('Pinned lines', () => {
  it('carry a tax between nothing and the whole line, and sums of rounded lines', () => {
    fc.assert(
      fc.property(pricedLines, (priced) => {
        const lines = pinLines(priced);
        for (const line of lines) {
          expect(line.taxIncluded.amountMinor).toBeGreaterThanOrEqual(0n);
          expect(line.taxIncluded.amountMinor).toBeLessThanOrEqual(lineTotal(line).amountMinor);
        }
        const { total, taxIncluded } = totalsOf(lines, currency);
        const sum = (amounts: bigint[]) => amounts.reduce((left, right) => left + right, 0n);
        expect(total.amountMinor).toBe(sum(lines.map((line) => lineTotal(line).amountMinor)));
        expect(taxIncluded.amountMinor).toBe(
          sum(lines.map((line) => line.taxIncluded.amountMinor)),
        );
      }),
    );
  });

  it('rounds the tax inside ₹ 118.01 at 18 % half up to ₹ 18.00, and inside ₹ 0.03 to nothing', () => {
    const tax = (minor: number) =>
      pinLines([
        {
          sku: 'A' as Sku,
          quantity: 1,
          unitPrice: Money.of(minor, currency),
          taxRateBasisPoints: 1_800,
          priceVersion: 1,
        },
      ])[0]?.taxIncluded.amountMinor;
    expect(tax(11_801)).toBe(1_800n);
    expect(tax(3)).toBe(0n);
    expect(tax(4)).toBe(1n);
  });

  it('lose exactly the dropped lines from the totals, whichever they are', () => {
    fc.assert(
      fc.property(pricedLines, fc.array(fc.boolean()), (priced, choices) => {
        const lines = pinLines(priced);
        const dropped = new Map(
          lines
            .filter((_, index) => choices[index] === true)
            .map((line) => [line.sku, { reason: 'INSUFFICIENT' as const, available: 0 }]),
        );
        const order = dropLines(
          { orderId: 'ord' as OrderId, lines, currency } as unknown as Order,
          dropped,
        );
        const left = lines.filter((line) => !dropped.has(line.sku));
        expect(order.total.equals(totalsOf(left, currency).total)).toBe(true);
        expect(order.lines.length).toBe(lines.length);
      }),
    );
  });
});

describe('The order’s states', () => {
  it('can all be reached from placing, and only confirmed and refused have no way on', () => {
    const reached = new Set(['placing']);
    for (const status of reached) {
      for (const next of orderTransitions[status as keyof typeof orderTransitions])
        reached.add(next);
    }
    expect([...reached].sort()).toEqual([...orderStatuses].sort());
    const ends = orderStatuses.filter((status) => orderTransitions[status].length === 0);
    expect(ends).toEqual(['confirmed', 'refused']);
    expect(ends.every(isSettled)).toBe(true);
  });

  it('refuses a change that the table does not have', () => {
    expect(() => {
      assertTransition('confirmed', 'declined');
    }).toThrow('may not go');
    expect(() => {
      assertTransition('placing', 'confirmed');
    }).not.toThrow();
  });
});
