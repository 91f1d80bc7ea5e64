import type { CountryCode } from '@entrepot/kernel';
import type { LawDemands, SignOff } from './retention-rule.ts';

/** Until when somebody has to be answered, from the day on which they asked. */
export type AnswerPeriod = { readonly months: number } | { readonly days: number };

interface DutyHeader {
  /** The controller that the law binds. */
  readonly legalEntity: string;
  readonly country: CountryCode;
  /** The article, as a lawyer cites it. */
  readonly law: string;
  /** Rises with every change of this country's rule about this duty. */
  readonly version: number;
  /** ISO date; a later version that is in force takes the place of an earlier one. */
  readonly inForceSince: string;
  readonly signOff: SignOff | undefined;
  /** The spec that shows the duty carried out, by the title of its test. */
  readonly spec: string;
}

/** Who opens an account says that they are of age; nobody younger is served. */
export interface AgeDuty extends DutyHeader {
  readonly duty: 'age_declaration';
  readonly adultFromYears: number;
}

/** A complaint is answered in time, and the person is told where to go on with it. */
export interface GrievanceDuty extends DutyHeader {
  readonly duty: 'grievance';
  readonly answerWithin: AnswerPeriod;
  readonly furtherRoute: string;
}

/** A person names others who act for them after their death or incapacity. */
export interface NominationDuty extends DutyHeader {
  readonly duty: 'nomination';
  readonly nomineesMax: number;
}

/** In which languages a person may have the notice, ISO 639. */
export interface NoticeDuty extends DutyHeader {
  readonly duty: 'notice_languages';
  readonly wanted: readonly string[];
  /** Those in which it is written. */
  readonly written: readonly string[];
}

/** What a person may want done with their data beside reading them; `withdrawal` is of a consent. */
export type DataRight =
  'correction' | 'erasure' | 'restriction' | 'portability' | 'objection' | 'withdrawal';

/** The rights that the law itself gives, of which whoever reads their data is told. */
export interface RightsDuty extends DutyHeader {
  readonly duty: 'rights';
  readonly given: readonly DataRight[];
}

/** One row of what a law wants in dealing with people, beside erasing what is about them. */
export type PeopleRule = AgeDuty | GrievanceDuty | NominationDuty | NoticeDuty | RightsDuty;
export type PeopleDuty = PeopleRule['duty'];
export type PeopleLaw = readonly PeopleRule[];
type RuleOf<D extends PeopleDuty> = Extract<PeopleRule, { readonly duty: D }>;

/** Without these a country is not served: anybody may complain, and is told what is done with their data and what they may do. */
const dutiesEverywhere = ['grievance', 'notice_languages', 'rights'] as const;

/** The rule about a duty in a country on a day (ISO date); undefined where there is none. */
export const dutyInForce = <D extends PeopleDuty>(
  law: PeopleLaw,
  { country, duty, on }: { country: CountryCode; duty: D; on: string },
): RuleOf<D> | undefined =>
  law
    .filter((rule): rule is RuleOf<D> => rule.country === country && rule.duty === duty)
    .filter(({ inForceSince }) => inForceSince <= on)
    .toSorted((a, b) => a.version - b.version)
    .at(-1);

/** The same, or the rule that will come: a right may be given before the law wants it. */
export const dutyOffered = <D extends PeopleDuty>(
  law: PeopleLaw,
  of: { country: CountryCode; duty: D; on: string },
): RuleOf<D> | undefined => dutyInForce(law, of) ?? dutyInForce(law, { ...of, on: '9999-12-31' });

/** Why a cell may not serve its countries, one sentence each. */
export function peopleLawProblems(law: PeopleLaw, demands: LawDemands): string[] {
  const { countries, on, needsCounsel } = demands;
  return countries.flatMap((country) => {
    const missing = dutiesEverywhere.filter(
      (duty) => dutyInForce(law, { country, duty, on }) === undefined,
    );
    const unsigned = law
      .filter((rule) => rule.country === country && rule.inForceSince <= on)
      .filter(({ signOff }) => signOff?.role !== 'counsel' && (needsCounsel || !signOff));
    return [
      ...missing.map(
        (duty) =>
          `No rule of ${country} about ${duty} is in force: add one to the region’s people law, or take ${country} out of the cells file.`,
      ),
      ...unsigned.map(
        ({ duty }) =>
          `The rule of ${country} about ${duty} is not signed${needsCounsel ? ' by counsel' : ''}: have it read and set signOff, or take ${country} out of the cells file.`,
      ),
    ];
  });
}
