import { statement, VaultDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { CohortStore } from '../application/cohort-store.ts';
import type { NewCohortKey, StoredCohortKey } from '../application/cohort-store.ts';
import type { Cohort } from '../domain/cohort.ts';

interface CohortRow {
  readonly keyArn: string | null;
  readonly wrapped: Buffer | null;
  readonly hasEnded: boolean;
}

const find = statement(
  'vault.find_cohort',
  `SELECT kms_key_arn AS "keyArn", wrapped_key AS "wrapped",
     unusable_at IS NOT NULL AS "hasEnded"
   FROM vault.cohort_key WHERE cohort = $1`,
);
const insert = statement(
  'vault.insert_cohort',
  `INSERT INTO vault.cohort_key (cohort, purpose, law, ends_on, kms_key_arn, wrapped_key)
   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (cohort) DO NOTHING`,
);
const setEnd = statement(
  'vault.set_end_of_cohort',
  'UPDATE vault.cohort_key SET ends_on = $2 WHERE cohort = $1 AND ends_on IS NULL',
);
const ended = statement(
  'vault.ended_cohorts',
  'SELECT cohort FROM vault.cohort_key WHERE unusable_at IS NOT NULL ORDER BY cohort',
);

@Injectable()
export class PgCohortStore extends CohortStore {
  private readonly database: VaultDatabase;

  constructor(database: VaultDatabase) {
    super();
    this.database = database;
  }

  override async find(name: string): Promise<StoredCohortKey | undefined> {
    const [row] = await this.database.query<CohortRow>(find, [name]);
    if (row === undefined) return undefined;
    const { keyArn, wrapped, hasEnded } = row;
    return { keyArn: keyArn ?? undefined, wrapped: wrapped ?? undefined, hasEnded };
  }

  override async keep(cohort: Cohort, { keyArn, wrapped }: NewCohortKey): Promise<void> {
    const { name, purpose, law, endsOn } = cohort;
    await this.database.execute(insert, [name, purpose, law, endsOn ?? null, keyArn, wrapped]);
  }

  override async setEnd(name: string, endsOn: string): Promise<void> {
    await this.database.execute(setEnd, [name, endsOn]);
  }

  override async ended(): Promise<string[]> {
    const rows = await this.database.query<{ cohort: string }>(ended);
    return rows.map(({ cohort }) => cohort);
  }
}
