import { createHash } from 'node:crypto';
import { statement } from '@entrepot/platform-database';
import type { VaultDatabase } from '@entrepot/platform-database';
import { CohortEnds } from '../application/end-cohorts.ts';
import type { EndingCohort } from '../application/end-cohorts.ts';

const due = statement(
  'vault.due_cohorts',
  `SELECT cohort, to_char(ends_on, 'YYYY-MM-DD') AS "endsOn", kms_key_arn AS "keyArn",
     unusable_at IS NOT NULL AS "isUnusable"
   FROM vault.cohort_key WHERE destroyed_at IS NULL AND ends_on < greatest(current_date, $1::date) ORDER BY ends_on, cohort`,
);
const recordUnusable = statement(
  'vault.cohort_unusable',
  'UPDATE vault.cohort_key SET unusable_at = now() WHERE cohort = $1 AND unusable_at IS NULL',
);
const recordDestroyed = statement(
  'vault.cohort_destroyed',
  `UPDATE vault.cohort_key SET destroyed_at = now(), kms_key_arn = NULL, wrapped_key = NULL,
     kms_key_digest = $2
   WHERE cohort = $1 AND destroyed_at IS NULL`,
);

/** The ends of cohorts, with the login of the eraser. */
export class PgCohortEnds extends CohortEnds {
  readonly #database: VaultDatabase;

  constructor(database: VaultDatabase) {
    super();
    this.#database = database;
  }

  override due(on?: string): Promise<EndingCohort[]> {
    return this.#database.query<EndingCohort>(due, [on ?? null]);
  }

  override async recordUnusable(cohort: string): Promise<void> {
    await this.#database.execute(recordUnusable, [cohort]);
  }

  override async recordDestroyed({ cohort, keyArn }: EndingCohort): Promise<void> {
    const digest = createHash('sha256').update(keyArn).digest();
    await this.#database.execute(recordDestroyed, [cohort, digest]);
  }
}
