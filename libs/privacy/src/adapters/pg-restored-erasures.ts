import type { SubjectId } from '@entrepot/kernel';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { RestoredErasures } from '../application/restored-erasures.ts';
import type { RestoredErasure } from '../application/restored-erasures.ts';

const openOnes = statement(
  'privacy.open_restored_erasures',
  `SELECT subject_id AS "subject", purged_at IS NOT NULL AS "isPurged" FROM privacy.restored_erasure
   WHERE closed_at IS NULL ORDER BY purged_at NULLS FIRST, subject_id LIMIT $1`,
);
const recordPurged = statement(
  'privacy.record_restored_purged',
  `UPDATE privacy.restored_erasure SET purged_at = now() WHERE subject_id = $1 AND purged_at IS NULL`,
);
const close = statement(
  'privacy.close_restored_erasure',
  `UPDATE privacy.restored_erasure SET closed_at = now()
   WHERE subject_id = $1 AND purged_at IS NOT NULL AND closed_at IS NULL`,
);

@Injectable()
export class PgRestoredErasures extends RestoredErasures {
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  override open(rowsMax: number): Promise<RestoredErasure[]> {
    return this.database.query<RestoredErasure>(openOnes, [rowsMax]);
  }

  override async recordPurged(subject: SubjectId): Promise<void> {
    await this.database.execute(recordPurged, [subject]);
  }

  override async close(subject: SubjectId): Promise<void> {
    await this.database.execute(close, [subject]);
  }
}
