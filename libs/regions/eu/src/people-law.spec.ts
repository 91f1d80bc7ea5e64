import { describe, expect, it } from '@jest/globals';
import type { CountryCode } from '@entrepot/kernel';
import { dutyInForce, peopleLawProblems } from '@entrepot/privacy';
import { peopleLaw } from './people-law.ts';

const country = 'DE' as CountryCode;

describe('what the law of the Union wants in dealing with people', () => {
  it('is written down for whoever is served, unsigned by counsel', () => {
    for (const on of ['2026-11-28', '2027-05-13']) {
      const demands = { countries: [country], on };
      expect(peopleLawProblems(peopleLaw, { ...demands, needsCounsel: false })).toEqual([]);
      expect(peopleLawProblems(peopleLaw, { ...demands, needsCounsel: true })).not.toEqual([]);
    }
  });

  it('names the supervisory authority and asks nobody for an age', () => {
    const on = '2026-11-28';
    expect(dutyInForce(peopleLaw, { country, duty: 'grievance', on })?.furtherRoute).toContain(
      'supervisory authority',
    );
    expect(dutyInForce(peopleLaw, { country, duty: 'rights', on })?.given).toEqual([
      ...['correction', 'erasure', 'restriction', 'portability', 'objection', 'withdrawal'],
    ]);
    expect(dutyInForce(peopleLaw, { country, duty: 'age_declaration', on })).toBeUndefined();
  });
});
