import type { CountryCode } from '@entrepot/kernel';
import type { PeopleLaw } from '@entrepot/privacy';
import { describe, expect, it } from '@jest/globals';

import { peoplePart } from './people-parts.ts';

const rulesOf = (country: string): PeopleLaw => {
  const header = { legalEntity: 'entity', country: country as CountryCode, spec: 'a spec' };
  const since = { version: 1, inForceSince: '2020-01-01', signOff: undefined };
  return [
    {
      ...{ ...header, ...since, duty: 'grievance', law: 'Article 1' },
      ...{ answerWithin: { months: 1 }, furtherRoute: 'a board' },
    },
    {
      ...{ ...header, ...since, duty: 'notice_languages', law: 'Article 2' },
      ...{ wanted: ['en', 'hi', 'ta'], written: ['en'] },
    },
    {
      ...{ ...header, ...since, duty: 'age_declaration', law: 'Article 3', adultFromYears: 18 },
      ...{ version: 2, inForceSince: '2027-05-13' },
    },
  ];
};

describe('what a notice says of age, complaints, nominees and languages', () => {
  const text = peoplePart([...rulesOf('DE'), ...rulesOf('FR')], '2026-11-28');

  it('names for each rule the article, once for all countries', () => {
    expect(text.match(/Article 1/g)).toHaveLength(1);
    expect(text).toContain('You are answered within a month. If that does not help, go to a board');
  });

  it('says which languages it is written in, and which are not claimed', () => {
    expect(text).toContain('written in: en; not yet, and not claimed: hi, ta (Article 2)');
  });

  it('says what comes, and that no consent of a parent is taken', () => {
    expect(text).toMatch(/From 2027-05-13: .*18 or older.*consent of a parent is not taken/);
  });
});
