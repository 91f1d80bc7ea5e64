import { advisedMax } from '@entrepot/contracts/api/cell-inventory';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { figureMax, rateTold, rateToTell, twoDigits } from './told-figures.ts';

describe('what cells tell each other as advice', () => {
  it('is bounded as the contract says', () => {
    expect(figureMax).toBe(advisedMax);
  });

  it('is exact up to 99 and has two digits beyond', () => {
    expect([0, 1, 99, 100, 104, 987, 123_456].map(twoDigits)).toEqual([
      0, 1, 99, 100, 100, 980, 120_000,
    ]);
    expect([NaN, -5, 0.9, Infinity].map(twoDigits)).toEqual([0, 0, 0, figureMax]);
  });

  it('is a whole number of two digits and never more than was meant, whatever was meant', () => {
    fc.assert(
      fc.property(fc.double(), (figure) => {
        const told = twoDigits(figure);
        expect(Number.isSafeInteger(told) && told >= 0 && told <= figureMax).toBe(true);
        expect(String(told).replace(/0+$/, '').length).toBeLessThanOrEqual(2);
        if (figure > 0) expect(told).toBeLessThanOrEqual(figure);
      }),
      { verbose: fc.VerbosityLevel.Verbose },
    );
  });

  it('keeps a rate within a tenth', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 100_000, noNaN: true }), (rate) => {
        expect(Math.abs(rateTold(rateToTell(rate)) - rate)).toBeLessThanOrEqual(0.1 * rate);
      }),
      { verbose: fc.VerbosityLevel.Verbose },
    );
  });
});
