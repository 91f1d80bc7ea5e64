import { PersonalDataOwner } from '@entrepot/kernel';
import type { ErasureOutcome, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { statement, VaultDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';

const deleteLogins = statement(
  'vault.erase_logins',
  'DELETE FROM vault.login_index WHERE subject_id = $1',
);
const tombstones = statement(
  'vault.count_tombstones',
  `SELECT (SELECT count(*)::int FROM vault.subject_key WHERE subject_id = $1) AS "keys",
          (SELECT count(*)::int FROM vault.subject_kek WHERE subject_id = $1) AS "keks",
          (SELECT count(*)::int FROM vault.former_data_key WHERE subject_id = $1) AS "formerKeys",
          (SELECT count(*)::int FROM vault.fence WHERE subject_id = $1) AS "fences",
          (SELECT count(*)::int FROM vault.erasure_ledger WHERE subject_id = $1) AS "entries"`,
);

interface Tombstones {
  readonly keys: number;
  readonly keks: number;
  readonly formerKeys: number;
  readonly fences: number;
  readonly entries: number;
}

/** The vault's rows about a person: the login goes, so that the same e-mail address may come again. */
@Injectable()
export class VaultPersonalData extends PersonalDataOwner {
  override readonly tables = [
    'vault.subject_key',
    'vault.subject_kek',
    'vault.former_data_key',
    'vault.login_index',
    'vault.fence',
    'vault.erasure_ledger',
  ];
  private readonly database: VaultDatabase;

  constructor(database: VaultDatabase) {
    super();
    this.database = database;
  }

  /** Keys and keyed hashes say nothing that a person could read. */
  override exportFor(): Promise<PersonalDataExtract[]> {
    return Promise.resolve([]);
  }

  override async erase(subject: SubjectId): Promise<ErasureOutcome[]> {
    const deleted = await this.database.execute(deleteLogins, [subject]);
    const [left] = await this.database.query<Tombstones>(tombstones, [subject]);
    return [
      { store: 'vault.login_index', matched: deleted, deleted, left: 0 },
      kept('vault.subject_key', left?.keys ?? 0),
      leftToEraser('vault.subject_kek', left?.keks ?? 0),
      leftToEraser('vault.former_data_key', left?.formerKeys ?? 0),
      kept('vault.fence', left?.fences ?? 0),
      kept('vault.erasure_ledger', left?.entries ?? 0),
    ];
  }
}

/** Only the eraser deletes what wraps keys; what is left of it opens nothing and goes with the key. */
const leftToEraser = (store: string, matched: number): ErasureOutcome => ({
  ...{ store, matched, deleted: 0, left: matched },
  ...(matched > 0 && { leftReason: 'DESTROYED_WITH_KEY' }),
});

const kept = (store: string, matched: number): ErasureOutcome => ({
  ...{ store, matched, deleted: 0, left: matched },
  ...(matched > 0 && { leftReason: 'TOMBSTONE' }),
});
