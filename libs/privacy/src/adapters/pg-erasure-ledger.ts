import { createHash } from 'node:crypto';
import type { SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { VaultDatabase } from '@entrepot/platform-database';
import { ErasureLedger } from '../application/destroy-keys.ts';
import type { DoomedKey, SubjectCover } from '../application/destroy-keys.ts';
import type { ErasureRequest } from '../domain/erasure-request.ts';
import { isWithin } from '../domain/key-names.ts';
import type { EpochRange } from '../domain/key-names.ts';

/* Of `k`, the subject's key, and `l`, its place in the ledger: from the epoch in which the subject came, or
   one before of which the ledger knows, to the last one under which a row lies or lay. */
const coverColumns = `k.kms_key_arn AS "keyArn", cover.last_epoch AS "lastEpoch",
     CASE WHEN cover.last_epoch IS NOT NULL
       THEN least(l.first_epoch, k.first_epoch, cover.last_epoch) END AS "firstEpoch"`;
const coverJoin = `CROSS JOIN LATERAL (
     SELECT greatest(l.last_epoch, max(lying.epoch)) AS last_epoch FROM (
       SELECT epoch FROM vault.subject_kek WHERE subject_id = k.subject_id
       UNION ALL SELECT epoch FROM vault.login_index WHERE subject_id = k.subject_id
     ) AS lying
   ) AS cover`;
const coverOfFenced = statement(
  'vault.cover_of_fenced',
  `SELECT ${coverColumns} FROM vault.fence f
   LEFT JOIN vault.subject_key k USING (subject_id)
   LEFT JOIN vault.erasure_ledger l USING (subject_id)
   ${coverJoin}
   WHERE f.subject_id = $1`,
);
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
  `SELECT l.subject_id AS "subject", l.request_id AS "requestId", ${coverColumns},
     l.key_unusable_at IS NOT NULL AS "isUnusable",
     coalesce(l.last_epoch - l.first_epoch + 1, 0) - (SELECT count(*)::int FROM vault.key_epoch e
      WHERE e.epoch BETWEEN l.first_epoch AND l.last_epoch AND e.destroyed_at IS NOT NULL)
       AS "epochsLeft"
   FROM vault.erasure_ledger l
   LEFT JOIN vault.subject_key k USING (subject_id)
   ${coverJoin}
   WHERE l.key_destroyed_at IS NULL AND (k.state IS NULL OR k.state IN ('fenced', 'destroyed'))
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
   SET first_epoch = least(l.first_epoch, k.first_epoch, last.epoch),
     last_epoch = greatest(l.last_epoch, last.epoch)
   FROM last, vault.subject_key k
   WHERE l.subject_id = $1 AND k.subject_id = $1 AND last.epoch IS NOT NULL
   RETURNING l.first_epoch AS "first", l.last_epoch AS "last"`,
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

  override async isEntered(subject: SubjectId): Promise<boolean> {
    return (await this.#database.query(isEntered, [subject])).length === 1;
  }

  override async coverOfFenced(subject: SubjectId): Promise<SubjectCover | undefined> {
    const [row] = await this.#database.query<CoverRow>(coverOfFenced, [subject]);
    return row && coverIn(row);
  }

  override async enter({ subject, id }: ErasureRequest): Promise<boolean> {
    if ((await this.#database.execute(enter, [subject, id])) === 1) return true;
    return this.isEntered(subject);
  }

  override async doomed(rowsMax: number): Promise<DoomedKey[]> {
    const rows = await this.#database.query<DoomedRow>(doomed, [rowsMax]);
    return rows.map(({ subject, requestId, isUnusable, epochsLeft, ...cover }) => ({
      ...{ subject, requestId, isUnusable, epochsLeft },
      ...coverIn(cover),
    }));
  }

  override async recordUnusable({ subject, epochs }: DoomedKey): Promise<boolean> {
    try {
      await this.#database.unitOfWork(async (tx) => {
        const [lain] = await tx.query<EpochRange>(wipeUnderEpochs, [subject]);
        if (lain !== undefined && !isWithin(lain, epochs)) throw new MovedOnError();
        await tx.execute(wipeDataKeys, [subject]);
        await tx.execute(recordUnusable, [subject]);
      });
      return true;
    } catch (error) {
      if (error instanceof MovedOnError) return false;
      throw error;
    }
  }

  override async recordDestroyed({ subject, keyArn }: DoomedKey): Promise<void> {
    await this.#database.unitOfWork(async (tx) => {
      await tx.execute(wipeFormerKeys, [subject]);
      await tx.execute(wipeKey, [subject, keyArn === undefined ? null : digestOf(keyArn)]);
      await tx.execute(recordDestroyed, [subject]);
    });
  }
}

interface CoverRow {
  readonly keyArn: string | null;
  readonly firstEpoch: number | null;
  readonly lastEpoch: number | null;
}

type DoomedRow = Omit<DoomedKey, keyof SubjectCover> & CoverRow;

/** Ends the transaction in which it is thrown. */
class MovedOnError extends Error {
  override readonly name = 'MovedOnError';
}

const coverIn = ({ keyArn, firstEpoch, lastEpoch }: CoverRow): SubjectCover => ({
  keyArn: keyArn ?? undefined,
  epochs:
    firstEpoch === null || lastEpoch === null ? undefined : { first: firstEpoch, last: lastEpoch },
});

const digestOf = (keyArn: string): Buffer => createHash('sha256').update(keyArn).digest();
