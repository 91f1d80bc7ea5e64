import type { CountryCode } from '@entrepot/kernel';
import type { PeopleLaw, PeopleRule } from '@entrepot/privacy';
import { standardVatRates } from './standard-vat-rates.ts';

/** The day from which the General Data Protection Regulation applies (its Article 99(2)). */
const gdprSince = '2018-05-25';
/** Drafted from the texts that each rule names; counsel has signed none of them yet. */
const signOff = { role: 'engineering', on: '2026-11-28' } as const;

/** The official languages of the Union (Regulation 1/1958, Article 1). */
const officialLanguages = [
  ...['bg', 'cs', 'da', 'de', 'el', 'en', 'es', 'et', 'fi', 'fr', 'ga', 'hr'],
  ...['hu', 'it', 'lt', 'lv', 'mt', 'nl', 'pl', 'pt', 'ro', 'sk', 'sl', 'sv'],
];

const rulesOf = (country: CountryCode): PeopleRule[] => [
  {
    ...{
      legalEntity: 'entrepot-eu',
      country,
      duty: 'grievance',
      law: 'GDPR Articles 12(3) and 77',
    },
    ...{ answerWithin: { months: 1 }, version: 1, inForceSince: gdprSince, signOff },
    furtherRoute: 'the supervisory authority of the country where you live or work',
    spec: 'has to be answered by the day that the law of the country sets',
  },
  {
    ...{ legalEntity: 'entrepot-eu', country, duty: 'notice_languages', law: 'GDPR Article 12(1)' },
    ...{ wanted: officialLanguages, written: ['en'], version: 1, inForceSince: gdprSince, signOff },
    spec: 'is written in the languages that are signed',
  },
  {
    ...{ legalEntity: 'entrepot-eu', country, duty: 'rights', version: 1, inForceSince: gdprSince },
    given: ['correction', 'erasure', 'restriction', 'portability', 'objection', 'withdrawal'],
    law: 'GDPR Articles 7(3), 16 to 18, 20 and 21',
    ...{ signOff, spec: 'tells the rights of the law that binds, and of no other' },
  },
];

/**
 * What European law wants in dealing with people. No age is asked: accounts rest on a contract and not on
 * consent (GDPR Article 8 is about consent), and who may conclude one is the law of each country.
 */
export const peopleLaw: PeopleLaw = [...standardVatRates.keys()].flatMap(rulesOf);
