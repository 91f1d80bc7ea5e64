import type { KeyDestroyer } from './destroy-keys.ts';

/** A cohort whose last day has passed, and whose key is not destroyed yet. */
export interface EndingCohort {
  readonly cohort: string;
  /** ISO date. */
  readonly endsOn: string;
  readonly keyArn: string;
  readonly isUnusable: boolean;
}

/** What of the cohorts only the eraser may write. */
export abstract class CohortEnds {
  /** Whose last day has passed by the clock of the vault, or will have on a later day (ISO date). */
  abstract due(on?: string): Promise<EndingCohort[]>;
  abstract recordUnusable(cohort: string): Promise<void>;
  /** Wipes the wrapped key and the ARN; the digest of the ARN stays as evidence. */
  abstract recordDestroyed(cohort: EndingCohort): Promise<void>;
}

export interface EndedCohorts {
  readonly scheduled: number;
  readonly destroyed: number;
}

/**
 * The automatic end of statutory records: the key of a whole cohort goes once its last day has passed. Nobody
 * has to order it, and no approval can bring it forward. A vault that comes back from a backup finds the same
 * cohorts due again; every step may be repeated.
 */
export class EndCohorts {
  readonly #ends: CohortEnds;
  readonly #keys: KeyDestroyer;

  constructor(parts: { readonly ends: CohortEnds; readonly keys: KeyDestroyer }) {
    this.#ends = parts.ends;
    this.#keys = parts.keys;
  }

  /** What `execute` would work on now, or on a later day, and nothing done. */
  dryRun(on?: string): Promise<EndingCohort[]> {
    return this.#ends.due(on);
  }

  async execute(): Promise<EndedCohorts> {
    const done = { scheduled: 0, destroyed: 0 };
    for (const cohort of await this.#ends.due()) {
      if (cohort.isUnusable) done.destroyed += await this.#destroy(cohort);
      else done.scheduled += await this.#schedule(cohort);
    }
    return done;
  }

  async #schedule({ cohort, keyArn }: EndingCohort): Promise<number> {
    await this.#keys.schedule(keyArn);
    await this.#ends.recordUnusable(cohort);
    return 1;
  }

  async #destroy(cohort: EndingCohort): Promise<number> {
    if (!(await this.#keys.isGone(cohort.keyArn))) return 0;
    await this.#ends.recordDestroyed(cohort);
    return 1;
  }
}
