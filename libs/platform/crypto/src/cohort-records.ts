/** Keeps records under the keys of cohorts. What no key opens any more is of no use to anyone: the rows go. */
export abstract class CohortRecords {
  /** Deletes the rows of cohorts that have ended; answers how many. */
  abstract purge(cohorts: readonly string[]): Promise<number>;
}
