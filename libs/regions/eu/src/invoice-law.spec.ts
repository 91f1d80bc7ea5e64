import { describe, expect, it } from '@jest/globals';
import { invoiceLawProblems } from '@entrepot/invoices';
import { invoiceCohortOf } from '@entrepot/privacy';
import { invoiceLaw } from './invoice-law.ts';
import { retentionLaw } from './retention-law.ts';
import { standardVatRates } from './standard-vat-rates.ts';

const countries = [...standardVatRates.keys()];

describe('the law of invoices of the European Union', () => {
  it('has a rule for every member state, and a time for which each is kept', () => {
    expect(invoiceLawProblems(invoiceLaw, { countries, needsCounsel: false })).toEqual([]);
    const day = { year: 2026, month: 11, day: 28 };
    const names = countries.map((country) => invoiceCohortOf(retentionLaw, { country, day })?.name);
    expect(new Set(names)).toEqual(
      new Set(['FISCAL_entrepot-eu_2026', 'FISCAL_entrepot-eu-oss_2026']),
    );
  });

  it('names a buyer on a German invoice above 250 EUR and nowhere else', () => {
    const naming = invoiceLaw.flatMap(({ country, tiers }) =>
      tiers
        .filter(({ fields }) => fields.includes('buyerName'))
        .map(({ kind }) => ({ country, kind })),
    );
    expect(naming).toEqual([{ country: 'DE', kind: 'full' }]);
    const german = invoiceLaw.find(({ country }) => country === 'DE');
    expect(german?.tiers.map(({ upToMinor }) => upToMinor)).toEqual([25_000n, undefined]);
  });

  it('is unsigned by counsel', () => {
    const inProduction = invoiceLawProblems(invoiceLaw, { countries, needsCounsel: true });
    expect(inProduction).toHaveLength(countries.length);
  });
});
