import { describe, expect, it } from '@jest/globals';
import type { CountryCode } from '@entrepot/kernel';
import { dutyInForce, dutyOffered, peopleLawProblems } from './people-law.ts';
import type { PeopleLaw } from './people-law.ts';

const country = 'IN' as CountryCode;
const header = { legalEntity: 'entity', country, spec: 'a spec' };
const byEngineers = { role: 'engineering', on: '2026-11-28' } as const;
const first = { version: 1, inForceSince: '2020-01-01', signOff: byEngineers };
const law: PeopleLaw = [
  {
    ...{ ...header, ...first, duty: 'grievance', law: 'Article 1' },
    ...{ answerWithin: { months: 1 }, furtherRoute: 'a board' },
  },
  {
    ...{ ...header, duty: 'grievance', law: 'Article 2', signOff: byEngineers },
    ...{ answerWithin: { days: 90 }, furtherRoute: 'a board' },
    ...{ version: 2, inForceSince: '2027-05-13' },
  },
  {
    ...{ ...header, ...first, duty: 'notice_languages', law: 'Article 3' },
    ...{ wanted: ['en', 'hi'], written: ['en'] },
  },
  {
    ...{ ...header, ...first, duty: 'rights', law: 'Article 5', given: ['correction'] },
  },
  {
    ...{ ...header, duty: 'nomination', law: 'Article 4', nomineesMax: 2, signOff: undefined },
    ...{ version: 1, inForceSince: '2027-05-13' },
  },
];

describe('what a law wants in dealing with people', () => {
  it('is the newest rule that binds on a day', () => {
    const of = (on: string) => dutyInForce(law, { country, duty: 'grievance', on })?.law;
    expect(of('2027-05-12')).toBe('Article 1');
    expect(of('2027-05-13')).toBe('Article 2');
    expect(of('2019-12-31')).toBeUndefined();
  });

  it('may be given before it binds', () => {
    const asked = { country, duty: 'nomination', on: '2026-11-28' } as const;
    expect(dutyInForce(law, asked)).toBeUndefined();
    expect(dutyOffered(law, asked)).toMatchObject({ nomineesMax: 2 });
    expect(dutyOffered(law, { ...asked, country: 'DE' as CountryCode })).toBeUndefined();
  });

  it('keeps a country from being served where a rule is missing or nobody signed it', () => {
    const demands = { countries: [country], on: '2026-11-28', needsCounsel: false };
    expect(peopleLawProblems(law, demands)).toEqual([]);
    expect(peopleLawProblems([], demands)).toEqual([
      expect.stringContaining('No rule of IN about grievance'),
      expect.stringContaining('No rule of IN about notice_languages'),
      expect.stringContaining('No rule of IN about rights'),
    ]);
    expect(peopleLawProblems(law, { ...demands, needsCounsel: true })).toEqual([
      expect.stringContaining('about grievance is not signed by counsel'),
      expect.stringContaining('about notice_languages is not signed by counsel'),
      expect.stringContaining('about rights is not signed by counsel'),
    ]);
    expect(peopleLawProblems(law, { ...demands, on: '2027-05-13' })).toEqual([
      expect.stringContaining('about nomination is not signed'),
    ]);
  });
});
