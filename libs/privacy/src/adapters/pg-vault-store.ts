import type { SubjectId } from '@entrepot/kernel';
import type { VaultEntry } from '@entrepot/platform-crypto';
import { isUniqueViolation, statement, VaultDatabase } from '@entrepot/platform-database';
import type { Transaction } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { VaultStore } from '../application/vault-store.ts';
import type { IndexEpoch, LoginDigest, StoredKey } from '../application/vault-store.ts';

const findByLogin = statement(
  'vault.find_by_login',
  `SELECT k.subject_id AS "subject", k.state
   FROM unnest($1::int[], $2::text[], $3::bytea[]) AS asked (epoch, audience, digest)
   JOIN vault.login_index l USING (epoch, audience, digest)
   JOIN vault.subject_key k ON k.subject_id = l.subject_id
   LIMIT 1`,
);
const findKey = statement(
  'vault.find_key',
  `SELECT state, kms_key_arn AS "keyArn", wrapped_key AS "wrapped", key_version AS "version"
   FROM vault.subject_key WHERE subject_id = $1`,
);
const takeFromReserve = statement(
  'vault.take_from_reserve',
  `DELETE FROM vault.key_reserve WHERE kms_key_arn = (
     SELECT kms_key_arn FROM vault.key_reserve ORDER BY made_at, kms_key_arn
     LIMIT 1 FOR UPDATE SKIP LOCKED
   ) RETURNING kms_key_arn AS "keyArn"`,
);
const insertKey = statement(
  'vault.insert_key',
  'INSERT INTO vault.subject_key (subject_id, kms_key_arn) VALUES ($1, $2)',
);
const insertLogins = statement(
  'vault.insert_logins',
  `INSERT INTO vault.login_index (epoch, audience, digest, subject_id)
   SELECT epoch, audience, digest, $4
   FROM unnest($1::int[], $2::text[], $3::bytea[]) AS given (epoch, audience, digest)`,
);
const keepWrapped = statement(
  'vault.keep_wrapped',
  `UPDATE vault.subject_key SET wrapped_key = $2
   WHERE subject_id = $1 AND wrapped_key IS NULL AND state IN ('reserved', 'active')`,
);
const activate = statement(
  'vault.activate',
  `UPDATE vault.subject_key SET state = 'active', activated_at = coalesce(activated_at, now())
   WHERE subject_id = $1 AND state IN ('reserved', 'active') AND wrapped_key IS NOT NULL`,
);
const deleteLogins = statement(
  'vault.delete_logins',
  `DELETE FROM vault.login_index l USING vault.subject_key k
   WHERE l.subject_id = $1 AND k.subject_id = $1 AND k.state = 'reserved'`,
);
const deleteReservation = statement(
  'vault.delete_reservation',
  `DELETE FROM vault.subject_key WHERE subject_id = $1 AND state = 'reserved'
   RETURNING kms_key_arn AS "keyArn"`,
);
const reservedBefore = statement(
  'vault.reserved_before',
  `SELECT subject_id AS "subject" FROM vault.subject_key
   WHERE state = 'reserved' AND reserved_at < $1 ORDER BY reserved_at LIMIT $2`,
);
const addToReserve = statement(
  'vault.add_to_reserve',
  'INSERT INTO vault.key_reserve (kms_key_arn) VALUES ($1) ON CONFLICT DO NOTHING',
);
const countReserve = statement(
  'vault.count_reserve',
  'SELECT count(*)::int AS "count" FROM vault.key_reserve',
);
const usableEpochs = statement(
  'vault.usable_epochs',
  `SELECT epoch, kms_key_arn AS "keyArn" FROM vault.index_epoch
   WHERE destroyed_at IS NULL ORDER BY epoch`,
);
const openEpoch = statement(
  'vault.open_epoch',
  'INSERT INTO vault.index_epoch (epoch, kms_key_arn) VALUES ($1, $2) ON CONFLICT DO NOTHING',
);

interface KeyRow {
  readonly state: StoredKey['state'];
  readonly keyArn: string | null;
  readonly wrapped: Buffer | null;
  readonly version: number;
}

class ReserveEmptyError extends Error {
  override readonly name = 'ReserveEmptyError';
}

/** The vault in PostgreSQL. */
@Injectable()
export class PgVaultStore extends VaultStore {
  private readonly database: VaultDatabase;

  constructor(database: VaultDatabase) {
    super();
    this.database = database;
  }

  override async findByLogin(digests: readonly LoginDigest[]): Promise<VaultEntry | undefined> {
    const [entry] = await this.database.query<VaultEntry>(findByLogin, columnsOf(digests));
    return entry;
  }

  override async findKey(subject: SubjectId): Promise<StoredKey | undefined> {
    const [row] = await this.database.query<KeyRow>(findKey, [subject]);
    if (row === undefined) return undefined;
    return { ...row, keyArn: row.keyArn ?? undefined, wrapped: row.wrapped ?? undefined };
  }

  override async reserve(
    subject: SubjectId,
    digests: readonly LoginDigest[],
  ): Promise<'reserved' | 'login-taken' | 'known' | 'reserve-empty'> {
    try {
      await this.database.unitOfWork(async (tx) => {
        await tx.execute(insertKey, [subject, await this.takeKey(tx)]);
        if (digests.length > 0) await tx.execute(insertLogins, [...columnsOf(digests), subject]);
      });
      return 'reserved';
    } catch (error) {
      if (error instanceof ReserveEmptyError) return 'reserve-empty';
      if (isUniqueViolation(error, 'login_index_pkey')) return 'login-taken';
      if (isUniqueViolation(error, 'subject_key_pkey')) return 'known';
      throw error;
    }
  }

  override async keepWrapped(subject: SubjectId, wrapped: Buffer): Promise<boolean> {
    return (await this.database.execute(keepWrapped, [subject, wrapped])) === 1;
  }

  override async activate(subject: SubjectId): Promise<boolean> {
    return (await this.database.execute(activate, [subject])) === 1;
  }

  override async abandon(subject: SubjectId): Promise<void> {
    await this.database.unitOfWork(async (tx) => {
      await tx.execute(deleteLogins, [subject]);
      const [dropped] = await tx.query<{ keyArn: string }>(deleteReservation, [subject]);
      if (dropped !== undefined) await tx.execute(addToReserve, [dropped.keyArn]);
    });
  }

  override async reservedBefore(instant: Date, rowsMax: number): Promise<SubjectId[]> {
    const rows = await this.database.query<{ subject: SubjectId }>(reservedBefore, [
      instant,
      rowsMax,
    ]);
    return rows.map((row) => row.subject);
  }

  override async addToReserve(keyArn: string): Promise<void> {
    await this.database.execute(addToReserve, [keyArn]);
  }

  override async countReserve(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(countReserve);
    return row?.count ?? 0;
  }

  override usableEpochs(): Promise<IndexEpoch[]> {
    return this.database.query<IndexEpoch>(usableEpochs);
  }

  override async openEpoch({ epoch, keyArn }: IndexEpoch): Promise<boolean> {
    return (await this.database.execute(openEpoch, [epoch, keyArn])) === 1;
  }

  private async takeKey(tx: Transaction): Promise<string> {
    const [taken] = await tx.query<{ keyArn: string }>(takeFromReserve);
    if (taken === undefined) throw new ReserveEmptyError('no KMS key is left in the reserve');
    return taken.keyArn;
  }
}

const columnsOf = (digests: readonly LoginDigest[]): unknown[] => [
  digests.map((entry) => entry.epoch),
  digests.map((entry) => entry.audience),
  digests.map((entry) => entry.digest),
];
