import type { SubjectId } from '@entrepot/kernel';
import { ShopDatabase, statement, VaultDatabase } from '@entrepot/platform-database';
import type { Database } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { SubjectTables } from '../application/subject-tables.ts';
import type { RowsLeft } from '../application/subject-tables.ts';

/**
 * Three signs of a table about persons, of which one is enough: a column for the subject, the guard of
 * personal writes, a CHECK that demands ciphertext. Catalogues are readable by every role.
 */
const findTables = statement(
  'erasure.find_subject_tables',
  `SELECT n.nspname || '.' || c.relname AS "table", format('%I.%I', n.nspname, c.relname) AS "quoted",
     EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
             AND a.attname = 'subject_id') AS "hasSubject"
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
     AND n.nspname NOT LIKE 'pg\\_%' AND (
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
               AND a.attname = 'subject_id')
       OR EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                  WHERE t.tgrelid = c.oid AND p.proname = 'guard_subject_write')
       OR EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c'
                  AND pg_get_constraintdef(k.oid) LIKE '%v1|%'))
   ORDER BY 1`,
);

interface FoundTable {
  readonly table: string;
  /** Fit to stand in a statement. */
  readonly quoted: string;
  readonly hasSubject: boolean;
}

/** Reads the catalogues of shop and vault, and the tables themselves with the rights of the process. */
@Injectable()
export class PgSubjectTables extends SubjectTables {
  constructor(
    private readonly shop: ShopDatabase,
    private readonly vault: VaultDatabase,
  ) {
    super();
  }

  override async survey(): Promise<readonly string[]> {
    const found = [...(await tablesIn(this.shop)), ...(await tablesIn(this.vault))];
    return found.map(({ table }) => table).toSorted();
  }

  override async rowsOf(subject: SubjectId): Promise<readonly RowsLeft[]> {
    return [...(await countIn(this.shop, subject)), ...(await countIn(this.vault, subject))];
  }
}

const tablesIn = (database: Database): Promise<FoundTable[]> =>
  database.query<FoundTable>(findTables);

async function countIn(database: Database, subject: SubjectId): Promise<RowsLeft[]> {
  const counts: RowsLeft[] = [];
  for (const found of await tablesIn(database)) {
    counts.push({ table: found.table, rows: await rowsIn(database, found, subject) });
  }
  return counts;
}

/** A personal table that names no subject cannot be read back: every row of it counts. */
async function rowsIn(
  database: Database,
  { table, quoted, hasSubject }: FoundTable,
  subject: SubjectId,
): Promise<number> {
  const where = hasSubject ? 'subject_id = $1' : '$1::text IS NOT NULL';
  const count = statement(
    `erasure.count_in_${table.replace('.', '_')}`,
    `SELECT count(*)::int AS "rows" FROM ${quoted} WHERE ${where}`,
  );
  const [counted] = await database.query<{ rows: number }>(count, [subject]);
  return counted?.rows ?? 0;
}
