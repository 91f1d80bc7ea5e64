import { describe, expect, it } from '@jest/globals';
import { Money } from '@entrepot/kernel';
import type { CurrencyCode } from '@entrepot/kernel';
import fc from 'fast-check';
import { captureEntries, refundEntries } from './ledger.ts';
import type { LedgerEntry } from './ledger.ts';

const inr = (amount: bigint): Money => Money.of(amount, 'INR' as CurrencyCode);
const grossAndTax = fc
  .bigInt({ min: 1n, max: 10n ** 15n })
  .chain((gross) => fc.tuple(fc.constant(gross), fc.bigInt({ min: 0n, max: gross })));
const sumOf = (entries: readonly LedgerEntry[]): bigint =>
  entries.reduce((sum, { amount }) => sum + amount.amountMinor, 0n);

describe('a posting', () => {
  it('sums to zero and has no empty side', () => {
    fc.assert(
      fc.property(grossAndTax, ([gross, tax]) => {
        for (const entries of [captureEntries, refundEntries].map((of) =>
          of(inr(gross), inr(tax)),
        )) {
          expect(sumOf(entries)).toBe(0n);
          expect(entries.every(({ amount }) => amount.amountMinor !== 0n)).toBe(true);
        }
      }),
    );
  });

  it('leaves receivable and tax at zero when a capture is refunded whole', () => {
    fc.assert(
      fc.property(grossAndTax, ([gross, tax]) => {
        const both = [
          ...captureEntries(inr(gross), inr(tax)),
          ...refundEntries(inr(gross), inr(tax)),
        ];
        for (const account of ['provider_receivable', 'tax_payable']) {
          expect(sumOf(both.filter((entry) => entry.account === account))).toBe(0n);
        }
      }),
    );
  });
});
