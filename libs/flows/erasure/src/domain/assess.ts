import { dayIn, ruleInForce } from '@entrepot/privacy';
import type { DataCategory, RetentionLaw } from '@entrepot/privacy';
import type { CountryCode } from '@entrepot/kernel';
import { isoDate, lastDayOf } from './retention-end.ts';

/** What a store holds of the person, by the category it belongs to. */
export interface HeldData {
  readonly store: string;
  readonly category: DataCategory;
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
  /** ISO date; null for what goes now, or stays as long as a case is open. */
  readonly until: string | null;
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
    entry: entryOf(category, byCategory.get(category) ?? [], assessment),
  }));
  const categoriesWithoutRule = entries.flatMap(({ category, entry }) =>
    entry === undefined ? [category] : [],
  );
  if (categoriesWithoutRule.length > 0) return { categoriesWithoutRule };
  const plan = {
    ...{ requestId, subject, country, steps },
    assessedOn: isoDate(dayIn(assessment.timeZone, assessment.at)),
    entries: entries.flatMap(({ entry }) => (entry === undefined ? [] : [entry])),
  };
  return { plan };
}

function entryOf(
  category: DataCategory,
  held: readonly HeldData[],
  { law, country, holds, at, timeZone }: Assessment,
): PlanEntry | undefined {
  const day = dayIn(timeZone, at);
  const rule = ruleInForce(law, { country, category, on: isoDate(day) });
  if (rule === undefined) return undefined;
  const stores = held.map(({ store }) => store).toSorted();
  const common = { category, stores, law: rule.law, ruleVersion: rule.version, until: null };
  const hold = holds.find((of) => of.category === category);
  if (hold !== undefined) {
    return { ...common, action: 'hold', leaves: 'fields', law: `hold ${hold.caseReference}` };
  }
  if (rule.action === 'shred-now') return { ...common, action: rule.action, leaves: rule.leaves };
  const until = rule.action === 'retain-until' ? lastDayOf(rule.period, day) : null;
  return { ...common, action: rule.action, leaves: 'fields', until };
}

/** Whether personal fields stay, under a law or a hold. */
export const keepsPersonalFields = ({ entries }: Pick<ErasurePlan, 'entries'>): boolean =>
  entries.some(({ leaves }) => leaves === 'fields');
