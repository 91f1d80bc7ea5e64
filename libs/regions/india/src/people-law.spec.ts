import { describe, expect, it } from '@jest/globals';
import type { CountryCode } from '@entrepot/kernel';
import { dutyInForce, peopleLawProblems } from '@entrepot/privacy';
import { peopleLaw } from './people-law.ts';

const country = 'IN' as CountryCode;

describe('what the law of India wants in dealing with people', () => {
  it('is written down for whoever is served, unsigned by counsel', () => {
    for (const on of ['2026-11-28', '2027-05-13']) {
      const demands = { countries: [country], on };
      expect(peopleLawProblems(peopleLaw, { ...demands, needsCounsel: false })).toEqual([]);
      expect(peopleLawProblems(peopleLaw, { ...demands, needsCounsel: true })).not.toEqual([]);
    }
  });

  it('asks for an age and answers complaints, today and once the Act binds', () => {
    const of = (on: string) => dutyInForce(peopleLaw, { country, duty: 'grievance', on });
    expect(of('2027-05-12')).toMatchObject({ answerWithin: { months: 1 } });
    expect(of('2027-05-13')).toMatchObject({ answerWithin: { days: 90 } });
    for (const on of ['2026-11-28', '2027-05-13']) {
      expect(dutyInForce(peopleLaw, { country, duty: 'age_declaration', on })).toMatchObject({
        adultFromYears: 18,
      });
    }
  });

  it('gives the rights of the Rules today and of the Act once it binds, and none of Europe', () => {
    const of = (on: string) => dutyInForce(peopleLaw, { country, duty: 'rights', on })?.given;
    expect(of('2027-05-12')).toEqual(['correction', 'withdrawal']);
    expect(of('2027-05-13')).toEqual(['correction', 'erasure', 'withdrawal']);
  });

  it('is written in the languages that are signed', () => {
    const of = { country, duty: 'notice_languages', on: '2027-05-13' } as const;
    const rule = dutyInForce(peopleLaw, of);
    expect(rule?.wanted).toHaveLength(23);
    expect(rule?.written).toEqual(['en']);
  });
});
