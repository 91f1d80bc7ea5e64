import { describe, expect, it } from '@jest/globals';
import type { CountryCode } from '@entrepot/kernel';
import { lawProblems, ruleInForce } from '@entrepot/privacy';
import { retentionLaw } from './retention-law.ts';
import { standardVatRates } from './standard-vat-rates.ts';

const countries = [...standardVatRates.keys()];
const demands = { countries, on: '2026-11-28', needsCounsel: false };

describe('the retention law of the European Union', () => {
  it('answers for everything that is stored in every member state, unsigned by counsel', () => {
    expect(lawProblems(retentionLaw, demands)).toEqual([]);
    const inProduction = lawProblems(retentionLaw, { ...demands, needsCounsel: true });
    expect(inProduction).toHaveLength(countries.length);
  });

  it('has no answer for a country outside', () => {
    const outside = ['GB' as CountryCode];
    expect(lawProblems(retentionLaw, { ...demands, countries: outside }).join()).toContain(
      'No erasure rule of GB is in force',
    );
  });

  it('shreds everything personal now, and names the German tax law for invoices', () => {
    const stored = retentionLaw.filter(({ category }) => category !== 'invoice');
    expect(new Set(stored.map(({ action }) => action))).toEqual(new Set(['shred-now']));
    const country = 'DE' as CountryCode;
    expect(
      ruleInForce(retentionLaw, { country, category: 'invoice', on: '2026-11-28' }),
    ).toMatchObject({ period: { months: 96, from: 'end_of_calendar_year' } });
  });
});
