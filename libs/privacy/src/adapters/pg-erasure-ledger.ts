import { createHash } from 'node:crypto';
import type { SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { VaultDatabase } from '@entrepot/platform-database';
import { ErasureLedger } from '../application/destroy-keys.ts';
import type { DoomedKey } from '../application/destroy-keys.ts';
import type { ErasureRequest } from '../domain/erasure-request.ts';

const enter = statement(
  'vault.enter_ledger',
  `INSERT INTO vault.erasure_ledger (subject_id, request_id, fenced_at)
   SELECT subject_id, $2, fenced_at FROM vault.fence WHERE subject_id = $1
   ON CONFLICT (subject_id) DO NOTHING`,
);
const isEntered = statement(
  'vault.is_in_ledger',
  'SELECT 1 FROM vault.erasure_ledger WHERE subject_id = $1',
);
const doomed = statement(
  'vault.doomed_keys',
  `SELECT l.subject_id AS "subject", k.kms_key_arn AS "keyArn",
     l.key_unusable_at IS NOT NULL AS "isUnusable",
     (SELECT count(*)::int FROM vault.key_epoch e
      WHERE e.epoch BETWEEN l.first_epoch AND l.last_epoch AND e.destroyed_at IS NULL) AS "epochsLeft"
   FROM vault.erasure_ledger l
   JOIN vault.subject_key k ON k.subject_id = l.subject_id AND k.state IN ('fenced', 'destroyed')
   WHERE l.key_destroyed_at IS NULL
   ORDER BY l.key_unusable_at NULLS FIRST, l.subject_id LIMIT $1`,
);
/* What the subject has under epochs goes, and in the same statement the ledger learns which epochs those
   were: from the one in which the subject came to the last one under which a row lay. */
const wipeUnderEpochs = statement(
  'vault.wipe_under_epochs',
  `WITH keks AS (
     DELETE FROM vault.subject_kek WHERE subject_id = $1 RETURNING epoch
   ), logins AS (
     DELETE FROM vault.login_index WHERE subject_id = $1 RETURNING epoch
   ), last AS (
     SELECT max(epoch) AS epoch FROM (SELECT epoch FROM keks UNION ALL SELECT epoch FROM logins) AS deleted
   )
   UPDATE vault.erasure_ledger l
   SET first_epoch = least(k.first_epoch, last.epoch), last_epoch = last.epoch
   FROM last, vault.subject_key k
   WHERE l.subject_id = $1 AND k.subject_id = $1 AND last.epoch IS NOT NULL
     AND l.last_epoch IS NULL`,
);
const wipeDataKeys = statement(
  'vault.wipe_data_keys',
  `UPDATE vault.subject_key SET wrapped_key = NULL
   WHERE subject_id = $1 AND state = 'fenced' AND driver = 'kms-epoch'`,
);
const wipeFormerKeys = statement(
  'vault.wipe_former_keys',
  'DELETE FROM vault.former_data_key WHERE subject_id = $1',
);
const recordUnusable = statement(
  'vault.record_unusable',
  `UPDATE vault.erasure_ledger SET key_unusable_at = now()
   WHERE subject_id = $1 AND key_unusable_at IS NULL`,
);
const wipeKey = statement(
  'vault.wipe_key',
  `UPDATE vault.subject_key SET state = 'destroyed', destroyed_at = now(), kms_key_digest = $2,
     kms_key_arn = NULL, wrapped_key = NULL
   WHERE subject_id = $1 AND state = 'fenced'`,
);
const recordDestroyed = statement(
  'vault.record_destroyed',
  `UPDATE vault.erasure_ledger SET key_destroyed_at = now()
   WHERE subject_id = $1 AND key_destroyed_at IS NULL`,
);

/** The ledger of erasures, with the login of the eraser. */
export class PgErasureLedger extends ErasureLedger {
  readonly #database: VaultDatabase;

  constructor(database: VaultDatabase) {
    super();
    this.#database = database;
  }

  override async enter({ subject, id }: ErasureRequest): Promise<boolean> {
    if ((await this.#database.execute(enter, [subject, id])) === 1) return true;
    return (await this.#database.query(isEntered, [subject])).length === 1;
  }

  override async doomed(rowsMax: number): Promise<DoomedKey[]> {
    const rows = await this.#database.query<
      Omit<DoomedKey, 'keyArn'> & { readonly keyArn: string | null }
    >(doomed, [rowsMax]);
    return rows.map((row) => ({ ...row, keyArn: row.keyArn ?? undefined }));
  }

  override async recordUnusable(subject: SubjectId): Promise<void> {
    await this.#database.unitOfWork(async (tx) => {
      await tx.execute(wipeUnderEpochs, [subject]);
      await tx.execute(wipeDataKeys, [subject]);
      await tx.execute(recordUnusable, [subject]);
    });
  }

  override async recordDestroyed({ subject, keyArn }: DoomedKey): Promise<void> {
    await this.#database.unitOfWork(async (tx) => {
      await tx.execute(wipeFormerKeys, [subject]);
      await tx.execute(wipeKey, [subject, keyArn === undefined ? null : digestOf(keyArn)]);
      await tx.execute(recordDestroyed, [subject]);
    });
  }
}

const digestOf = (keyArn: string): Buffer => createHash('sha256').update(keyArn).digest();
