import { describe, expect, it } from '@jest/globals';
import { invoiceLawProblems } from '@entrepot/invoices';
import type { CountryCode } from '@entrepot/kernel';
import { invoiceCohortOf } from '@entrepot/privacy';
import { invoiceLaw } from './invoice-law.ts';
import { retentionLaw } from './retention-law.ts';

const country = 'IN' as CountryCode;

describe('the law of invoices of India', () => {
  it('has one rule, and a time for which an invoice is kept', () => {
    const demands = { countries: [country], needsCounsel: false };
    expect(invoiceLawProblems(invoiceLaw, demands)).toEqual([]);
    expect(invoiceLawProblems(invoiceLaw, { ...demands, needsCounsel: true })).toHaveLength(1);
    const day = { year: 2027, month: 3, day: 31 };
    expect(invoiceCohortOf(retentionLaw, { country, day })).toMatchObject({
      ...{ name: 'FISCAL_entrepot-in_2026', endsOn: '2033-12-31' },
    });
  });

  it('names a buyer from a taxable value of 50,000 rupees on', () => {
    const [rule] = invoiceLaw;
    expect(rule?.measuredBy).toBe('taxableAmount');
    expect(
      rule?.tiers.map(({ upToMinor, fields }) => [upToMinor, fields.includes('buyerName')]),
    ).toEqual([
      [4_999_999n, false],
      [undefined, true],
    ]);
  });
});
