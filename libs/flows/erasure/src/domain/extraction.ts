import type { Cohort, DataCategory } from '@entrepot/privacy';
import type { ErasurePlan, PlanEntry } from './assess.ts';

/** What of one store has to be moved, and under which key. */
export interface Extraction {
  /** `schema.table`. */
  readonly store: string;
  /** Columns of it. */
  readonly fields: readonly string[];
  readonly category: DataCategory;
  readonly cohort: Cohort;
}

/** What the plan wants moved, store by store, exactly as it names the fields. */
export const extractionsOf = ({ entries }: Pick<ErasurePlan, 'entries'>): Extraction[] =>
  entries.flatMap(extractionsOfEntry);

function extractionsOfEntry({ category, cohort, law, until, action, fields }: PlanEntry) {
  if (cohort === null || fields.length === 0) return [];
  const purpose = action === 'hold' ? ('hold' as const) : ('retain' as const);
  const of = { name: cohort, purpose, law, endsOn: until ?? undefined };
  const byStore = Map.groupBy(fields, storeOf);
  return [...byStore].map(([store, named]) => ({
    ...{ store, category, cohort: of },
    fields: named.map((field) => field.slice(store.length + 1)),
  }));
}

/** `identity.account.email` is a field of `identity.account`. */
const storeOf = (field: string): string => field.slice(0, field.lastIndexOf('.'));
