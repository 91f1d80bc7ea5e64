import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { amountMinorMax, divideHalfUp, isCurrencyCode, Money, taxIncluded } from './money.ts';
import type { CurrencyCode } from './money.ts';

const inr = 'INR' as CurrencyCode;
const eur = 'EUR' as CurrencyCode;
const amounts = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });

describe('money', () => {
  it('adds exactly and is undone by subtracting', () => {
    fc.assert(
      fc.property(amounts, amounts, (a, b) => {
        const sum = Money.of(a, inr).plus(Money.of(b, inr));
        expect(sum.amountMinor).toBe(a + b);
        expect(sum.minus(Money.of(b, inr)).equals(Money.of(a, inr))).toBe(true);
      }),
    );
  });

  it('travels through JSON without loss', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -amountMinorMax, max: amountMinorMax }), (amount) => {
        const { amountMinor, currency } = JSON.parse(JSON.stringify(Money.of(amount, eur))) as {
          amountMinor: number;
          currency: CurrencyCode;
        };
        expect(Money.of(amountMinor, currency).amountMinor).toBe(amount);
      }),
    );
  });

  it('refuses what JSON cannot carry, fractions and sums of two currencies', () => {
    expect(() => Money.of(amountMinorMax + 1n, inr)).toThrow(RangeError);
    expect(() => Money.of(amountMinorMax, inr).plus(Money.of(1, inr))).toThrow(RangeError);
    expect(() => Money.of(-amountMinorMax - 1n, inr)).toThrow(RangeError);
    expect(() => Money.of(0.5, inr)).toThrow(RangeError);
    expect(() => Money.of(1, inr).plus(Money.of(1, eur))).toThrow(TypeError);
    expect(Money.of(1, inr).equals(Money.of(1, eur))).toBe(false);
  });

  it('knows currency codes by their form', () => {
    expect(['INR', 'EUR'].every(isCurrencyCode)).toBe(true);
    expect(['inr', 'EURO', 'EU', 'EUR\n', ''].some(isCurrencyCode)).toBe(false);
  });
});

describe('division rounded half away from zero', () => {
  it('is at most half a unit off and rounds halves away from zero, on both sides alike', () => {
    fc.assert(
      fc.property(amounts, fc.bigInt({ min: 1n, max: 10n ** 6n }), (numerator, denominator) => {
        const quotient = divideHalfUp(numerator, denominator);
        const twiceError = 2n * (numerator - quotient * denominator);
        expect(twiceError <= denominator && twiceError >= -denominator).toBe(true);
        expect(divideHalfUp(-numerator, denominator)).toBe(-quotient);
        if (twiceError === denominator) expect(numerator).toBeLessThan(0n);
        if (twiceError === -denominator) expect(numerator).toBeGreaterThan(0n);
      }),
    );
    expect([5n, -5n, 4n, 14n].map((numerator) => divideHalfUp(numerator, 10n))).toEqual([
      1n,
      -1n,
      0n,
      1n,
    ]);
    expect(() => divideHalfUp(1n, 0n)).toThrow(RangeError);
  });
});

describe('the tax inside a gross amount', () => {
  it('splits invoices as published examples do', () => {
    expect(taxIncluded(Money.of(118_00, inr), 1800).amountMinor).toBe(18_00n);
    expect(taxIncluded(Money.of(119_00, eur), 1900).amountMinor).toBe(19_00n);
    expect(taxIncluded(Money.of(99, inr), 1800).amountMinor).toBe(15n);
  });

  it('leaves a net amount whose tax differs from it by no more than the rounding', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        fc.integer({ min: 0, max: 10_000 }),
        (grossMinor, rate) => {
          const tax = taxIncluded(Money.of(grossMinor, inr), rate).amountMinor;
          const net = grossMinor - tax;
          const error = tax * 10_000n - net * BigInt(rate);
          const bound = BigInt(10_000 + rate);
          expect(tax >= 0n && net >= 0n).toBe(true);
          expect(2n * error <= bound && -2n * error <= bound).toBe(true);
        },
      ),
    );
  });

  it('refuses a rate that is negative or no whole number of basis points', () => {
    expect(() => taxIncluded(Money.of(100, inr), -1)).toThrow(RangeError);
    expect(() => taxIncluded(Money.of(100, inr), 0.5)).toThrow(RangeError);
  });
});
