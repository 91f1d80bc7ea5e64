import { describe, expect, it } from '@jest/globals';
import type { CountryCode } from '@entrepot/kernel';
import { lawProblems, ruleInForce } from '@entrepot/privacy';
import { retentionLaw } from './retention-law.ts';

const country = 'IN' as CountryCode;

describe('the retention law of India', () => {
  it('answers for everything that is stored, before and after the Act binds, unsigned by counsel', () => {
    for (const on of ['2026-11-28', '2027-05-13']) {
      expect(lawProblems(retentionLaw, { countries: [country], on, needsCounsel: false })).toEqual(
        [],
      );
    }
    const demands = { countries: [country], on: '2026-11-28', needsCounsel: true };
    expect(lawProblems(retentionLaw, demands)).toHaveLength(1);
  });

  it('keeps the regulated class for a year once the Indian rules bind, and shreds today', () => {
    for (const category of ['account', 'address', 'session', 'order'] as const) {
      const of = (on: string) => ruleInForce(retentionLaw, { country, category, on });
      expect(of('2027-05-12')).toMatchObject({ action: 'shred-now', version: 1 });
      expect(of('2027-05-13')).toMatchObject({
        action: 'retain-until',
        period: { months: 12, from: 'request' },
      });
    }
  });
});
