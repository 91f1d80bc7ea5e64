import type { SubjectId } from '@entrepot/kernel';
import { isRefusedByFence } from '@entrepot/platform-crypto';
import type { VaultEntry } from '@entrepot/platform-crypto';
import { isUniqueViolation, statement, VaultDatabase } from '@entrepot/platform-database';
import type { Transaction } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import type { SubjectKeyDriverName } from '../application/subject-key-driver.ts';
import { VaultStore } from '../application/vault-store.ts';
import type { KeyedPerson } from '../domain/former-values.ts';
import type {
  FormerKeyInstants,
  LoginDigest,
  LoginEntry,
  NewWrappedKeys,
  Reservation,
  StoredKek,
  StoredKey,
} from '../application/vault-store.ts';

const chooseDriver = statement(
  'vault.choose_driver',
  'INSERT INTO vault.key_driver (driver) VALUES ($1) ON CONFLICT DO NOTHING',
);
const chosenDriver = statement('vault.chosen_driver', 'SELECT driver FROM vault.key_driver');
const findByLogin = statement(
  'vault.find_by_login',
  `SELECT newest.epoch AS "newestEpoch", found.subject_id AS "subject", found.state
   FROM (SELECT coalesce(max(epoch), 0) AS epoch FROM vault.key_epoch
         WHERE opened_at IS NOT NULL AND retired_at IS NULL) newest
   LEFT JOIN LATERAL (
     SELECT k.subject_id, k.state
     FROM unnest($1::int[], $2::text[], $3::bytea[]) AS asked (epoch, audience, digest)
     JOIN vault.login_index l USING (epoch, audience, digest)
     JOIN vault.subject_key k ON k.subject_id = l.subject_id
     LIMIT 1
   ) found ON true`,
);
// the fence counts whatever the row says: a row may have come back from a backup
const findKeys = statement(
  'vault.find_keys',
  `SELECT k.subject_id AS "subject", CASE WHEN k.state IN ('reserved', 'active')
       AND EXISTS (SELECT FROM vault.fence f WHERE f.subject_id = k.subject_id)
     THEN 'fenced' ELSE k.state END AS "state", k.kms_key_arn AS "keyArn", k.wrapped_key AS "wrapped", k.key_version AS "version",
     kek.epoch, kek.shard, kek.wrapped_kek AS "wrappedKek", e.root_key_arn AS "rootKeyArn",
     s.wrapped_key AS "wrappedShardKey", former.versions AS "formerVersions",
     former.wrapped AS "formerWrapped"
   FROM vault.subject_key k
   LEFT JOIN vault.subject_kek kek ON kek.subject_id = k.subject_id
   LEFT JOIN vault.key_epoch e ON e.epoch = kek.epoch
   LEFT JOIN vault.shard_key s ON s.epoch = kek.epoch AND s.shard = kek.shard
   CROSS JOIN LATERAL (
     SELECT array_agg(version ORDER BY version) AS versions,
       array_agg(wrapped_key ORDER BY version) AS wrapped
     FROM vault.former_data_key WHERE subject_id = k.subject_id
   ) former
   WHERE k.subject_id = ANY($1)`,
);
const hasHashedTombstones = statement(
  'vault.has_hashed_tombstones',
  'SELECT EXISTS (SELECT FROM vault.fence WHERE is_hashed) AS "isSo"',
);
const isHashedTombstone = statement(
  'vault.is_hashed_tombstone',
  'SELECT EXISTS (SELECT FROM vault.fence WHERE is_hashed AND subject_id = $1) AS "isSo"',
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
  `INSERT INTO vault.subject_key (subject_id, kms_key_arn, first_epoch)
   VALUES ($1, $2, (SELECT epoch FROM vault.key_epoch
     WHERE opened_at IS NOT NULL AND closed_at IS NULL))`,
);
const insertWrapped = statement(
  'vault.insert_wrapped',
  `INSERT INTO vault.subject_key (subject_id, driver, wrapped_key, first_epoch)
   VALUES ($1, 'kms-epoch', $2, $3)`,
);
const insertKek = statement(
  'vault.insert_kek',
  `INSERT INTO vault.subject_kek (subject_id, epoch, shard, wrapped_kek) VALUES ($1, $2, $3, $4)`,
);
const insertLogin = statement(
  'vault.insert_login',
  `INSERT INTO vault.login_index (subject_id, epoch, audience, digest, wrapped_inner)
   VALUES ($1, $2, $3, $4, $5)`,
);
const keepFormer = statement(
  'vault.keep_former',
  `INSERT INTO vault.former_data_key (subject_id, version, wrapped_key)
   SELECT subject_id, key_version, wrapped_key FROM vault.subject_key
   WHERE subject_id = $1 AND key_version = $2 AND state = 'active'
   FOR UPDATE`,
);
const supersede = statement(
  'vault.supersede',
  `UPDATE vault.subject_key SET wrapped_key = $3, key_version = key_version + 1
   WHERE subject_id = $1 AND key_version = $2`,
);
const supersededBefore = statement(
  'vault.superseded_before',
  `SELECT DISTINCT f.subject_id AS "subject", k.key_version AS "version"
   FROM vault.former_data_key f JOIN vault.subject_key k USING (subject_id)
   WHERE f.superseded_at < coalesce($1::timestamptz, 'infinity') AND f.subject_id > coalesce($2, '') AND k.state = 'active'
     AND NOT EXISTS (SELECT FROM vault.fence WHERE fence.subject_id = f.subject_id)
   ORDER BY 1 LIMIT $3`,
);
const dropFormer = statement(
  'vault.drop_former',
  `WITH looked AS (
     SELECT f.subject_id, f.version, EXISTS (
       SELECT FROM unnest($3::text[], $4::int[]) AS named (subject_id, version)
       WHERE named.subject_id = f.subject_id AND named.version = f.version) AS is_named
     FROM vault.former_data_key f WHERE f.subject_id = ANY($1) AND f.superseded_at < $2
   ), noted AS (
     UPDATE vault.former_data_key f SET unnamed_since = CASE WHEN NOT l.is_named THEN $5::timestamptz END
     FROM looked l WHERE l.subject_id = f.subject_id AND l.version = f.version
       AND l.is_named = (f.unnamed_since IS NOT NULL)
   )
   DELETE FROM vault.former_data_key f USING looked l
   WHERE l.subject_id = f.subject_id AND l.version = f.version
     AND NOT l.is_named AND f.unnamed_since < $6`,
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
interface KeyRow {
  readonly subject: SubjectId;
  readonly state: StoredKey['state'];
  readonly keyArn: string | null;
  readonly wrapped: Buffer | null;
  readonly version: number;
  readonly epoch: number | null;
  readonly shard: number | null;
  readonly wrappedKek: Buffer | null;
  readonly rootKeyArn: string | null;
  readonly wrappedShardKey: Buffer | null;
  readonly formerVersions: readonly number[] | null;
  readonly formerWrapped: readonly Buffer[] | null;
}

interface LoginRow {
  readonly newestEpoch: number;
  readonly subject: SubjectId | null;
  readonly state: VaultEntry['state'] | null;
}

/** Raised by the trigger that holds new rows to the open epoch. */
const epochClosedState = 'PR003';

const isEpochClosed = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === epochClosedState;

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

  override async chooseDriver(driver: SubjectKeyDriverName): Promise<SubjectKeyDriverName> {
    await this.database.execute(chooseDriver, [driver]);
    const [row] = await this.database.query<{ driver: SubjectKeyDriverName }>(chosenDriver);
    if (row === undefined) throw new Error('the vault keeps no driver');
    return row.driver;
  }

  override async findByLogin(digests: readonly LoginDigest[]) {
    const [row] = await this.database.query<LoginRow>(findByLogin, [
      digests.map((entry) => entry.epoch),
      digests.map((entry) => entry.audience),
      digests.map((entry) => entry.digest),
    ]);
    const { subject, state } = row ?? {};
    const entry = subject && state ? { subject, state } : undefined;
    return { entry, newestEpoch: row?.newestEpoch ?? 0 };
  }

  override async hasHashedTombstones(): Promise<boolean> {
    const [answer] = await this.database.query<{ isSo: boolean }>(hasHashedTombstones);
    return answer?.isSo === true;
  }

  override async isHashedTombstone(reference: SubjectId): Promise<boolean> {
    const [answer] = await this.database.query<{ isSo: boolean }>(isHashedTombstone, [reference]);
    return answer?.isSo === true;
  }

  override async findKey(subject: SubjectId): Promise<StoredKey | undefined> {
    return (await this.findKeys([subject])).get(subject);
  }

  override async findKeys(people: readonly SubjectId[]) {
    const rows = await this.database.query<KeyRow>(findKeys, [people]);
    return new Map(rows.map((row) => [row.subject, storedKeyOf(row)]));
  }

  override reserve(
    subject: SubjectId,
    login: LoginEntry | undefined,
  ): Promise<Reservation | 'reserve-empty'> {
    return this.insert(async (tx) => {
      await tx.execute(insertKey, [subject, await this.takeKey(tx)]);
      if (login !== undefined) await tx.execute(insertLogin, loginValues(subject, login));
    });
  }

  override async reserveWrapped(
    subject: SubjectId,
    login: LoginEntry | undefined,
    { epoch, shard, wrappedKek, wrappedKey }: NewWrappedKeys,
  ): Promise<Reservation> {
    const outcome = await this.insert(async (tx) => {
      await tx.execute(insertWrapped, [subject, wrappedKey, epoch]);
      await tx.execute(insertKek, [subject, epoch, shard, wrappedKek]);
      if (login !== undefined) await tx.execute(insertLogin, loginValues(subject, login));
    });
    if (outcome === 'reserve-empty') throw new Error('no key of the reserve was asked for');
    return outcome;
  }

  override async keepWrapped(subject: SubjectId, wrapped: Buffer): Promise<boolean> {
    return (await this.database.execute(keepWrapped, [subject, wrapped])) === 1;
  }

  override supersede(subject: SubjectId, version: number, wrapped: Buffer): Promise<boolean> {
    return this.database.unitOfWork(async (tx) => {
      if ((await tx.execute(keepFormer, [subject, version])) === 0) return false;
      await tx.execute(supersede, [subject, version, wrapped]);
      return true;
    });
  }

  override supersededBefore(
    instant: Date | undefined,
    { after, rowsMax }: { readonly after: SubjectId | undefined; readonly rowsMax: number },
  ): Promise<KeyedPerson[]> {
    return this.database.query<KeyedPerson>(supersededBefore, [
      ...[instant ?? null, after ?? null, rowsMax],
    ]);
  }

  override dropFormer(
    people: readonly SubjectId[],
    named: ReadonlyMap<SubjectId, readonly number[]>,
    { now, settledBefore, unnamedBefore }: FormerKeyInstants,
  ): Promise<number> {
    const kept = [...named].flatMap(([subject, versions]) =>
      versions.map((version) => ({ subject, version })),
    );
    return this.database.execute(dropFormer, [
      ...[people, settledBefore],
      ...[kept.map(({ subject }) => subject), kept.map(({ version }) => version)],
      ...[now, unnamedBefore],
    ]);
  }

  override async activate(subject: SubjectId): Promise<boolean> {
    return (await this.database.execute(activate, [subject])) === 1;
  }

  override async abandon(subject: SubjectId): Promise<void> {
    await this.database.unitOfWork(async (tx) => {
      await tx.execute(deleteLogins, [subject]);
      const [dropped] = await tx.query<{ keyArn: string | null }>(deleteReservation, [subject]);
      if (typeof dropped?.keyArn === 'string') await tx.execute(addToReserve, [dropped.keyArn]);
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

  private async insert(
    work: (tx: Transaction) => Promise<void>,
  ): Promise<Reservation | 'reserve-empty'> {
    try {
      await this.database.unitOfWork(work);
      return 'reserved';
    } catch (error) {
      if (error instanceof ReserveEmptyError) return 'reserve-empty';
      if (isUniqueViolation(error, 'login_index_pkey')) return 'login-taken';
      if (isUniqueViolation(error, 'subject_key_pkey')) return 'known';
      if (isRefusedByFence(error)) return 'known';
      if (isEpochClosed(error)) return 'epoch-closed';
      throw error;
    }
  }

  private async takeKey(tx: Transaction): Promise<string> {
    const [taken] = await tx.query<{ keyArn: string }>(takeFromReserve);
    if (taken === undefined) throw new ReserveEmptyError('no KMS key is left in the reserve');
    return taken.keyArn;
  }
}

const loginValues = (subject: SubjectId, login: LoginEntry): unknown[] => [
  subject,
  login.epoch,
  login.audience,
  login.digest,
  login.wrappedInner,
];

function storedKeyOf(row: KeyRow): StoredKey {
  const { state, version, formerVersions, formerWrapped } = row;
  const former = (formerVersions ?? []).map((at, index) => ({
    version: at,
    wrapped: formerWrapped?.[index] ?? Buffer.alloc(0),
  }));
  return {
    ...{ state, version, former, kek: storedKekOf(row) },
    ...{ keyArn: row.keyArn ?? undefined, wrapped: row.wrapped ?? undefined },
  };
}

function storedKekOf(row: KeyRow): StoredKek | undefined {
  const { epoch, shard, wrappedKek, rootKeyArn, wrappedShardKey } = row;
  if (epoch === null || shard === null || wrappedKek === null) return undefined;
  const isWhole = rootKeyArn !== null && wrappedShardKey !== null;
  const shardKey = isWhole ? { epoch, shard, rootKeyArn, wrapped: wrappedShardKey } : undefined;
  return { epoch, shard, shardKey, wrapped: wrappedKek };
}
