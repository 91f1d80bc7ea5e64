import type { SubjectId } from './ids.ts';

/** What one owner did with one subject's data when asked to erase. */
export interface ErasureOutcome {
  readonly store: string;
  readonly matched: number;
  readonly deleted: number;
  readonly left: number;
  /** Why rows were left, as a code; required when `left` is above zero. */
  readonly leftReason?: string;
}

/** A copy of everything an owner keeps about a subject, readable by that subject. */
export interface PersonalDataExtract {
  readonly section: string;
  readonly records: readonly Readonly<Record<string, unknown>>[];
}

/** Each domain that keeps personal data implements this; the erasure flow collects all of them. */
export abstract class PersonalDataOwner {
  /** The tables this owner answers for, `schema.table`; the union must cover every subject table. */
  abstract readonly tables: readonly string[];
  abstract exportFor(subject: SubjectId): Promise<PersonalDataExtract[]>;
  abstract erase(subject: SubjectId): Promise<ErasureOutcome[]>;
}
