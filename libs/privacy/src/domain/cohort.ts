import type { RegionCode } from '@entrepot/kernel';
import { isoDate, isoMonth, lastDayOfMonth } from './calendar.ts';
import type { CalendarDay } from './calendar.ts';
import { booksYearOf, lastDayOf } from './retention-end.ts';
import { ruleInForce } from './retention-rule.ts';
import type { RetainRule, RetentionLaw } from './retention-rule.ts';

export const cohortPurposes = ['fiscal', 'retain', 'hold'] as const;
export type CohortPurpose = (typeof cohortPurposes)[number];

/** Records that share one key and one end. */
export interface Cohort {
  readonly name: string;
  readonly purpose: CohortPurpose;
  /** The article, or the case. */
  readonly law: string;
  /** ISO date of the last day on which they can be read; undefined while a case is open. */
  readonly endsOn: string | undefined;
}

/** A case is over for good a year after it was closed: until then it may be taken up again. */
const monthsAfterCase = 12;

/** What is issued on a day goes with the other records of that year of the books. */
export function fiscalCohortOf({ cohort, period, law }: RetainRule, day: CalendarDay): Cohort {
  return {
    name: `FISCAL_${cohort}_${booksYearOf(period.from, day)}`,
    purpose: 'fiscal',
    law,
    endsOn: isoDate(lastDayOf(period, day)),
  };
}

/** What a law wants kept beyond an erasure ends with everything else that may go in the same month. */
export function retainCohortOf(
  region: RegionCode,
  { cohort, period, law }: RetainRule,
  day: CalendarDay,
): Cohort {
  const end = lastDayOf(period, day);
  return {
    name: `RETAIN_${region}_${cohort}_${isoMonth(end)}`,
    purpose: 'retain',
    law,
    endsOn: isoDate(lastDayOfMonth(end)),
  };
}

export const holdCohortOf = (caseReference: string): Cohort => ({
  name: `HOLD_${caseReference}`,
  purpose: 'hold',
  law: `case ${caseReference}`,
  endsOn: undefined,
});

/** The end of what a case held, once it was closed on a day. */
export const endOfCase = (closedOn: CalendarDay): string =>
  isoDate(lastDayOf({ months: monthsAfterCase, from: 'request' }, closedOn));

/**
 * Under which cohort an invoice of this day comes in a country. Undefined where no law has invoices kept:
 * then none may be written.
 */
export function invoiceCohortOf(
  law: RetentionLaw,
  { country, day }: { country: RetainRule['country']; day: CalendarDay },
): Cohort | undefined {
  const rule = ruleInForce(law, { country, category: 'invoice', on: isoDate(day) });
  return rule?.action === 'retain-until' ? fiscalCohortOf(rule, day) : undefined;
}
