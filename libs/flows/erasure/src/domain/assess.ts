import {
  dayIn,
  fiscalCohortOf,
  holdCohortOf,
  isoDate,
  retainCohortOf,
  ruleInForce,
} from '@entrepot/privacy';
import type {
  CalendarDay,
  Cohort,
  DataCategory,
  RetainRule,
  RetentionLaw,
} from '@entrepot/privacy';
import type { CountryCode, RegionCode } from '@entrepot/kernel';
import { heldFieldsOf } from './data-stores.ts';

/** What a store holds of the person, by the category it belongs to. */
export interface HeldData {
  readonly store: string;
  readonly category: DataCategory;
  /**
   * The day of the newest of its records, where they lie under the key of a cohort since they were issued:
   * the erasure does not touch them.
   */
  readonly issuedOn?: CalendarDay;
}

/** An open case that forbids erasing a category; the case is a reference. */
export interface LegalHold {
  readonly category: DataCategory;
  readonly caseReference: string;
}

/** What happens to one category, and why. */
export interface PlanEntry {
  readonly category: DataCategory;
  readonly stores: readonly string[];
  readonly action: 'shred-now' | 'retain-until' | 'hold';
  readonly leaves: 'nothing' | 'facts' | 'fields';
  readonly law: string;
  readonly ruleVersion: number;
  /** ISO date of the last day; null for what goes now, or stays as long as a case is open. */
  readonly until: string | null;
  /** Under whose key it stays; null for what goes now. */
  readonly cohort: string | null;
  /** What is moved under that key before the person's ends, `schema.table.column`, sorted. */
  readonly fields: readonly string[];
}

/** What two officers approve, to the letter: it is digested in its canonical form. */
export interface ErasurePlan {
  readonly requestId: string;
  readonly subject: string;
  readonly country: CountryCode;
  /** ISO date on which the law was looked up. */
  readonly assessedOn: string;
  readonly steps: readonly string[];
  readonly entries: readonly PlanEntry[];
}

export interface Assessment {
  readonly requestId: string;
  readonly subject: string;
  readonly country: CountryCode;
  readonly region: RegionCode;
  readonly at: Date;
  readonly timeZone: string;
  readonly held: readonly HeldData[];
  readonly holds: readonly LegalHold[];
  readonly law: RetentionLaw;
  readonly steps: readonly string[];
}

/** The plan, or the categories for which the law has no answer: nothing is erased by guessing. */
export type Assessed =
  { readonly plan: ErasurePlan } | { readonly categoriesWithoutRule: readonly DataCategory[] };

/** What has to happen to a person's data by the law of this day. Entries and stores are sorted. */
export function assess(assessment: Assessment): Assessed {
  const { requestId, subject, country, steps } = assessment;
  const byCategory = Map.groupBy(assessment.held, ({ category }) => category);
  const categories = [...byCategory.keys()].toSorted();
  const entries = categories.map((category) => ({
    category,
    of: entriesOf(category, byCategory.get(category) ?? [], assessment),
  }));
  const categoriesWithoutRule = entries.flatMap(({ category, of }) =>
    of === undefined ? [category] : [],
  );
  if (categoriesWithoutRule.length > 0) return { categoriesWithoutRule };
  const plan = {
    ...{ requestId, subject, country, steps },
    assessedOn: isoDate(dayIn(assessment.timeZone, assessment.at)),
    entries: entries.flatMap(({ of }) => of ?? []),
  };
  return { plan };
}

/** One entry, or one for each case; undefined where the law has no answer. */
function entriesOf(
  category: DataCategory,
  held: readonly HeldData[],
  { law, country, region, holds, at, timeZone }: Assessment,
): PlanEntry[] | undefined {
  const today = dayIn(timeZone, at);
  const rule = ruleInForce(law, { country, category, on: isoDate(today) });
  if (rule === undefined) return undefined;
  const stores = held.map(({ store }) => store).toSorted();
  const common = { category, stores, law: rule.law, ruleVersion: rule.version };
  const cases = holds.filter((of) => of.category === category).map((of) => of.caseReference);
  if (cases.length > 0) {
    return cases.toSorted().map((caseReference) => {
      const cohort = holdCohortOf(caseReference);
      const kept = keptUnder(cohort, heldFieldsOf(category), stores);
      return { ...common, ...kept, action: 'hold', law: cohort.law };
    });
  }
  if (rule.action === 'shred-now') {
    const gone = { until: null, cohort: null, fields: [] };
    return [{ ...common, ...gone, action: rule.action, leaves: rule.leaves }];
  }
  const cohort = cohortOf(rule, { region, today, held });
  return [{ ...common, ...keptUnder(cohort, rule.fields, stores), action: rule.action }];
}

/** The newest of what was issued ends last; everything else is counted from today. */
function cohortOf(
  rule: RetainRule,
  { region, today, held }: { region: RegionCode; today: CalendarDay; held: readonly HeldData[] },
): Cohort {
  const issuedOn = held.flatMap((of) => of.issuedOn ?? []).at(0);
  return issuedOn === undefined
    ? retainCohortOf(region, rule, today)
    : fiscalCohortOf(rule, issuedOn);
}

const keptUnder = (
  { name, endsOn }: Cohort,
  fields: readonly string[],
  stores: readonly string[],
): Pick<PlanEntry, 'leaves' | 'until' | 'cohort' | 'fields'> => ({
  ...{ leaves: 'fields', until: endsOn ?? null, cohort: name },
  fields: fields.filter((field) => stores.some((of) => field.startsWith(`${of}.`))).toSorted(),
});

/** Whether fields have to be moved before the person's key may end. */
export const needsExtract = ({ entries }: Pick<ErasurePlan, 'entries'>): boolean =>
  entries.some(({ fields }) => fields.length > 0);

/** Whether personal fields stay, under a law or a hold. */
export const keepsPersonalFields = ({ entries }: Pick<ErasurePlan, 'entries'>): boolean =>
  entries.some(({ leaves }) => leaves === 'fields');
