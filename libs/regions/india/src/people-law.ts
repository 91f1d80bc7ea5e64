import type { CountryCode } from '@entrepot/kernel';
import type { PeopleLaw } from '@entrepot/privacy';

const header = {
  legalEntity: 'entrepot-in',
  country: 'IN' as CountryCode,
  /** Drafted from the texts that each rule names; counsel has signed none of them yet. */
  signOff: { role: 'engineering', on: '2026-11-28' },
} as const;
/** The SPDI Rules of 2011, until the Digital Personal Data Protection Act binds. */
const untilTheAct = { version: 1, inForceSince: '2011-04-11' } as const;
/** 18 months after 13 November 2025. */
const underTheAct = { version: 2, inForceSince: '2027-05-13' } as const;

/** English and the languages of the Eighth Schedule to the Constitution. */
const scheduledLanguages = [
  ...['en', 'as', 'bn', 'brx', 'doi', 'gu', 'hi', 'kn', 'ks', 'kok', 'mai', 'ml'],
  ...['mni', 'mr', 'ne', 'or', 'pa', 'sa', 'sat', 'sd', 'ta', 'te', 'ur'],
];

const age = {
  ...header,
  duty: 'age_declaration',
  adultFromYears: 18,
  spec: 'asks whoever registers in India for their age, and stores nothing of a minor',
} as const;
const grievance = { ...header, duty: 'grievance' } as const;
const rights = {
  ...header,
  duty: 'rights',
  spec: 'tells the rights of the law that binds, and of no other',
} as const;
const spec = 'has to be answered by the day that the law of the country sets';

/** What Indian law wants in dealing with people. Verifiable consent of a parent is not offered. */
export const peopleLaw: PeopleLaw = [
  {
    ...age,
    ...{ version: 1, inForceSince: '1875-03-02' },
    law: 'Indian Contract Act 1872, section 11, with Indian Majority Act 1875, section 3',
  },
  { ...age, ...underTheAct, law: 'DPDP Act 2023, sections 2(f) and 9(1)' },
  {
    ...{ ...grievance, ...untilTheAct, law: 'SPDI Rules 2011, Rule 5(9)' },
    ...{ answerWithin: { months: 1 }, furtherRoute: 'the grievance officer of the company', spec },
  },
  {
    ...{
      ...grievance,
      ...underTheAct,
      law: 'DPDP Act 2023, section 13; DPDP Rules 2025, Rule 14(3)',
    },
    ...{ answerWithin: { days: 90 }, furtherRoute: 'the Data Protection Board of India', spec },
  },
  {
    ...{ ...header, duty: 'nomination', nomineesMax: 3, version: 1 },
    inForceSince: underTheAct.inForceSince,
    law: 'DPDP Act 2023, section 14; DPDP Rules 2025, Rule 14(4)',
    spec: 'lets a person name as many as the law table says, and take them back',
  },
  {
    ...{ ...header, duty: 'notice_languages', ...untilTheAct, law: 'SPDI Rules 2011, Rule 4(1)' },
    ...{ wanted: ['en'], written: ['en'], spec: 'is written in the languages that are signed' },
  },
  {
    ...{ ...header, duty: 'notice_languages', ...underTheAct, law: 'DPDP Act 2023, section 5(3)' },
    ...{ wanted: scheduledLanguages, written: ['en'] },
    spec: 'is written in the languages that are signed',
  },
  {
    ...{ ...rights, ...untilTheAct, law: 'SPDI Rules 2011, Rule 5(6) and (7)' },
    given: ['correction', 'withdrawal'],
  },
  {
    ...{ ...rights, ...underTheAct, law: 'DPDP Act 2023, sections 6(4) and 12' },
    given: ['correction', 'erasure', 'withdrawal'],
  },
];
