import type { SubjectId } from '@entrepot/kernel';

/** Somebody who has former data keys, and the version that seals today. */
export interface KeyedPerson {
  readonly subject: SubjectId;
  readonly version: number;
}

/** Where a sealed value lies. */
export interface ValuePlace {
  readonly subject: SubjectId;
  /** `schema.table`. */
  readonly table: string;
  readonly column: string;
  /** The row's primary key, to which the value is bound. */
  readonly rowId: string;
}

/** A value that a former key sealed. */
export interface FormerValue extends ValuePlace {
  readonly stored: string;
}

/** The same value under a later key. */
export interface ResealedValue extends FormerValue {
  readonly anew: string;
}

/** Tables whose values stay as they were written, and why: they keep a former key until they go. */
export const sealedForGood: ReadonlyMap<string, string> = new Map([
  ['idempotency.request', 'what was claimed never changes; a claim goes after 30 days'],
]);

/** How far a round through everybody with a former key is. */
export interface RoundPlace {
  /** The last person with whom it is through. */
  readonly after?: SubjectId;
  /** The last value that was looked at of those who come next. */
  readonly within?: ValuePlace;
}

interface SeenPortion {
  readonly people: readonly KeyedPerson[];
  /** Whether the page of people was as long as a page can be. */
  readonly isFullPage: boolean;
  /** The last value that was looked at. */
  readonly last: ValuePlace | undefined;
  /** Whether these people have values after that one. */
  readonly isMore: boolean;
}

/**
 * Where a round goes on; undefined where it has been everywhere. It never comes back to a value that could not be
 * sealed anew, so that none keeps the others waiting: that one's turn is in the next round.
 */
export function nextPlace(
  at: RoundPlace,
  { people, isFullPage, last, isMore }: SeenPortion,
): RoundPlace | undefined {
  if (isMore && last !== undefined) return { ...at, within: last };
  const after = people.at(-1)?.subject;
  return isFullPage && after !== undefined ? { after } : undefined;
}

/** Why a value still lies under a former key. */
export type ReasonLeft = 'waits' | 'restricted' | 'for-good';

/** How many values of people with a former key lie in a table. */
export interface CountedValues {
  readonly table: string;
  /** Of the person, in the register of the shop; undefined for somebody it does not know. */
  readonly status: string | undefined;
  readonly isFormer: boolean;
  readonly values: number;
}

export interface LeftValues {
  readonly table: string;
  readonly why: ReasonLeft;
  readonly values: number;
}

/** What lies under current keys already, and what is left under former ones, by table and reason. */
export interface FormerKeyReport {
  readonly people: number;
  readonly current: number;
  readonly left: readonly LeftValues[];
}

export function reportOf(people: number, counted: readonly CountedValues[]): FormerKeyReport {
  const left = new Map<string, LeftValues>();
  let current = 0;
  for (const { table, status, isFormer, values } of counted) {
    if (!isFormer) {
      current += values;
      continue;
    }
    const why = reasonOf(table, status);
    const before = left.get(`${table}|${why}`)?.values ?? 0;
    left.set(`${table}|${why}`, { table, why, values: before + values });
  }
  const byPlace = (one: LeftValues, other: LeftValues): number =>
    one.table.localeCompare(other.table) || one.why.localeCompare(other.why);
  return { people, current, left: [...left.values()].toSorted(byPlace) };
}

function reasonOf(table: string, status: string | undefined): ReasonLeft {
  if (sealedForGood.has(table)) return 'for-good';
  return status === 'active' ? 'waits' : 'restricted';
}
