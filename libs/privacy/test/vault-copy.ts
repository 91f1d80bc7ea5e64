import type { SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { TestDatabase } from '@entrepot/testing';

// in an order in which rows may refer to those before
const tables = [
  ...['subject_key', 'subject_kek', 'former_data_key', 'login_index'],
  ...['fence', 'erasure_ledger'],
];

export const withoutTriggers = statement(
  'spec.no_triggers',
  'SET LOCAL session_replication_role = replica',
);

type Rows = ReadonlyMap<string, string>;

/** The rows of one subject as a backup of the vault holds them. */
export async function copyOf(vault: TestDatabase<'vault'>, subject: SubjectId): Promise<Rows> {
  const database = vault.open('superuser');
  const copies = tables.map(async (table) => {
    const rows = statement(
      `spec.copy_${table}`,
      `SELECT coalesce(jsonb_agg(t), '[]')::text AS "rows" FROM vault.${table} t WHERE subject_id = $1`,
    );
    const [copy] = await database.query<{ rows: string }>(rows, [subject]);
    return [table, copy?.rows ?? '[]'] as const;
  });
  return new Map(await Promise.all(copies));
}

/** Puts the rows back as a restore does, which asks no trigger. */
export async function restore(
  vault: TestDatabase<'vault'>,
  subject: SubjectId,
  rows: Rows,
): Promise<void> {
  await vault.open('superuser').unitOfWork(async (tx) => {
    await tx.execute(withoutTriggers);
    for (const table of tables) {
      await tx.execute(
        statement(`spec.clear_${table}`, `DELETE FROM vault.${table} WHERE subject_id = $1`),
        [subject],
      );
      await tx.execute(
        statement(
          `spec.restore_${table}`,
          `INSERT INTO vault.${table} SELECT * FROM jsonb_populate_recordset(NULL::vault.${table}, $1)`,
        ),
        [rows.get(table)],
      );
    }
  });
}

const allTables = [
  ...['key_driver', 'login_key', 'key_epoch', 'shard_key', 'key_reserve', 'signing_key'],
  ...tables,
];

/** All of the vault as a backup holds it. */
export async function copyOfAll(vault: TestDatabase<'vault'>): Promise<Rows> {
  const database = vault.open('superuser');
  const copies = allTables.map(async (table) => {
    const rows = statement(
      `spec.copy_all_${table}`,
      `SELECT coalesce(jsonb_agg(t), '[]')::text AS "rows" FROM vault.${table} t`,
    );
    const [copy] = await database.query<{ rows: string }>(rows);
    return [table, copy?.rows ?? '[]'] as const;
  });
  return new Map(await Promise.all(copies));
}

/** Exchanges the vault for a copy from before. */
export async function restoreAll(vault: TestDatabase<'vault'>, rows: Rows): Promise<void> {
  await vault.open('superuser').unitOfWork(async (tx) => {
    await tx.execute(withoutTriggers);
    for (const table of allTables) {
      await tx.execute(statement(`spec.clear_all_${table}`, `DELETE FROM vault.${table}`));
      await tx.execute(
        statement(
          `spec.restore_all_${table}`,
          `INSERT INTO vault.${table} SELECT * FROM jsonb_populate_recordset(NULL::vault.${table}, $1)`,
        ),
        [rows.get(table)],
      );
    }
  });
}
