import type { CountryCode } from '@entrepot/kernel';

/** What a person's data are grouped into for the law; each table with a subject belongs to one. */
export const dataCategories = [
  'account',
  'address',
  'session',
  'cart',
  'order',
  'payment',
  'invoice',
  'login',
  'request_key',
  'staff_login',
  'erasure_record',
  'rights_request',
  'consent',
  'access_record',
] as const;
export type DataCategory = (typeof dataCategories)[number];

/** Categories that a cell stores; a country is served only where each of them has a rule. */
export const storedCategories: readonly DataCategory[] = dataCategories;

/** Fit to be part of a cohort's name. */
const cohortForm = /^[a-z][a-z0-9-]{0,39}$/;

/** From when a period is counted; `annual_return` is the day on which the year's return is due. */
export type RetentionAnchor = 'request' | 'end_of_calendar_year' | 'annual_return';

export interface RetentionPeriod {
  readonly months: number;
  readonly from: RetentionAnchor;
}

/** Who has read a rule and stands for it; counsel's word is what production needs. */
export interface SignOff {
  readonly role: 'engineering' | 'counsel';
  /** ISO date. */
  readonly on: string;
}

interface RuleHeader {
  /** The controller that the law binds. */
  readonly legalEntity: string;
  readonly country: CountryCode;
  readonly category: DataCategory;
  /** The article, as a lawyer cites it. */
  readonly law: string;
  /** Rises with every change of this country's rule about this category. */
  readonly version: number;
  /** ISO date; a later version that is in force takes the place of an earlier one. */
  readonly inForceSince: string;
  readonly signOff: SignOff | undefined;
  /** The spec that shows the rule carried out, by the title of its test. */
  readonly spec: string;
}

/** Everything personal goes with the key; `facts` stay where they name nobody, such as what was sold. */
export interface ShredRule extends RuleHeader {
  readonly action: 'shred-now';
  readonly leaves: 'nothing' | 'facts';
}

/** Personal fields that a law wants kept; they lie under the key of a cohort once the person's key ends. */
export interface RetainRule extends RuleHeader {
  readonly action: 'retain-until';
  readonly period: RetentionPeriod;
  /** What the cohorts are named by: a legal entity's books, or the law in short. */
  readonly cohort: string;
  /**
   * The fields that are moved under the cohort's key at erasure, `schema.table.column`; none where the
   * record lies under it from the day on which it was issued.
   */
  readonly fields: readonly string[];
}

/** One row of the law table. That a case forbids erasing something is no law: an officer says so. */
export type RetentionRule = ShredRule | RetainRule;

/** A region's answer to what has to go, what has to stay, and by which law. */
export type RetentionLaw = readonly RetentionRule[];

/** The rule about a category in a country on a day (ISO date); undefined where there is none. */
export function ruleInForce(
  law: RetentionLaw,
  { country, category, on }: { country: CountryCode; category: DataCategory; on: string },
): RetentionRule | undefined {
  return law
    .filter((rule) => rule.country === country && rule.category === category)
    .filter(({ inForceSince }) => inForceSince <= on)
    .toSorted((a, b) => a.version - b.version)
    .at(-1);
}

export interface LawDemands {
  readonly countries: readonly CountryCode[];
  /** ISO date. */
  readonly on: string;
  readonly needsCounsel: boolean;
}

/**
 * Why a cell may not serve its countries, one sentence each; empty where every country has a signed rule
 * about every category that is stored.
 */
export function lawProblems(law: RetentionLaw, demands: LawDemands): string[] {
  return [
    ...contradictions(law),
    ...demands.countries.flatMap((country) => countryProblems(law, country, demands)),
  ];
}

function countryProblems(
  law: RetentionLaw,
  country: CountryCode,
  { on, needsCounsel }: LawDemands,
): string[] {
  const rules = storedCategories.map((category) => ({
    category,
    rule: ruleInForce(law, { country, category, on }),
  }));
  const missing = rules.filter(({ rule }) => rule === undefined);
  const unsigned = rules.filter(
    ({ rule }) => rule !== undefined && !isSigned(rule.signOff, needsCounsel),
  );
  const names = (of: typeof rules): string => of.map(({ category }) => category).join(', ');
  return [
    ...(missing.length > 0
      ? [
          `No erasure rule of ${country} is in force for ${names(missing)}: add one to the region’s retention law, or take ${country} out of the cells file.`,
        ]
      : []),
    ...(unsigned.length > 0
      ? [
          `The erasure rules of ${country} for ${names(unsigned)} are not signed${needsCounsel ? ' by counsel' : ''}: have them read and set signOff, or take ${country} out of the cells file.`,
        ]
      : []),
  ];
}

const isSigned = (signOff: SignOff | undefined, needsCounsel: boolean): boolean =>
  signOff !== undefined && (signOff.role === 'counsel' || !needsCounsel);

function contradictions(law: RetentionLaw): string[] {
  const seen = new Set<string>();
  return law.flatMap((rule) => {
    const name = `${rule.country} ${rule.category} ${rule.version}`;
    if (seen.has(name)) return [`The retention law has two rules for ${name}.`];
    seen.add(name);
    if (rule.action === 'shred-now') return [];
    if (rule.period.months <= 0) return [`The retention law has no time for ${name}.`];
    return cohortForm.test(rule.cohort) ? [] : [`The retention law has no cohort for ${name}.`];
  });
}
