import type { Cohort } from '../domain/cohort.ts';

/** A cohort's data key as it is stored. */
export interface StoredCohortKey {
  /** Both undefined once the key is destroyed. */
  readonly keyArn: string | undefined;
  readonly wrapped: Buffer | undefined;
  /** The eraser has taken it out of use, whatever KMS says. */
  readonly hasEnded: boolean;
}

/** A new key of a cohort: one at KMS, and the data key under it. */
export interface NewCohortKey {
  readonly keyArn: string;
  readonly wrapped: Buffer;
}

/** The rows of the vault about cohorts. */
export abstract class CohortStore {
  abstract find(name: string): Promise<StoredCohortKey | undefined>;
  /** Keeps the key unless the cohort has one. */
  abstract keep(cohort: Cohort, key: NewCohortKey): Promise<void>;
  /** Sets the end (ISO date) of a case's cohort that has none yet; nothing for a cohort that does not exist. */
  abstract setEnd(name: string, endsOn: string): Promise<void>;
  /** Cohorts whose keys nobody can use any more. */
  abstract ended(): Promise<string[]>;
}
