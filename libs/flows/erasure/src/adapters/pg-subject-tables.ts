import { createHash } from 'node:crypto';
import type { SubjectId } from '@entrepot/kernel';
import { ShopDatabase, statement, VaultDatabase } from '@entrepot/platform-database';
import type { Database, Statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { SubjectTables } from '../application/subject-tables.ts';
import type { RowsLeft } from '../application/subject-tables.ts';
import { SharedLook } from './shared-look.ts';

/**
 * Three signs of a table about persons, of which one is enough: a column for the subject, the guard of
 * personal writes, a CHECK that demands ciphertext. Catalogues are readable by every role.
 */
const findTables = statement(
  'erasure.find_subject_tables',
  `SELECT n.nspname || '.' || c.relname AS "table", format('%I.%I', n.nspname, c.relname) AS "quoted",
     quote_literal(n.nspname || '.' || c.relname) AS "literal",
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

const digestLength = 16;

interface FoundTable {
  /** `schema.table`, as the catalogue has it. */
  readonly table: string;
  /** Fit to stand in a statement. */
  readonly quoted: string;
  readonly literal: string;
  readonly hasSubject: boolean;
}

/**
 * Reads the catalogues of shop and vault, and the tables themselves with the rights of the process; once for all
 * who ask meanwhile, since reading catalogues costs more than counting.
 */
@Injectable()
export class PgSubjectTables extends SubjectTables {
  readonly #look = new SharedLook((subjects: readonly SubjectId[]) => this.#lookFor(subjects));

  readonly #survey = new SharedLook(async (asked: readonly 'tables'[]) => {
    const found = [...(await tablesIn(this.shop)), ...(await tablesIn(this.vault))];
    const names = found.map(({ table }) => table).toSorted();
    return new Map(asked.map((question) => [question, names]));
  });

  constructor(
    private readonly shop: ShopDatabase,
    private readonly vault: VaultDatabase,
  ) {
    super();
  }

  override survey(): Promise<readonly string[]> {
    return this.#survey.of('tables');
  }

  override rowsOf(subject: SubjectId): Promise<readonly RowsLeft[]> {
    return this.#look.of(subject);
  }

  async #lookFor(
    subjects: readonly SubjectId[],
  ): Promise<ReadonlyMap<SubjectId, readonly RowsLeft[]>> {
    const counted = [
      ...(await countIn(this.shop, subjects)),
      ...(await countIn(this.vault, subjects)),
    ];
    const bySubject = Map.groupBy(counted, ({ subject }) => subject);
    return new Map(
      subjects.map((subject) => [
        subject,
        (bySubject.get(subject) ?? []).map(({ table, rows }) => ({ table, rows })),
      ]),
    );
  }
}

const tablesIn = (database: Database): Promise<FoundTable[]> =>
  database.query<FoundTable>(findTables);

interface Counted extends RowsLeft {
  readonly subject: SubjectId;
}

async function countIn(database: Database, subjects: readonly SubjectId[]): Promise<Counted[]> {
  const tables = await tablesIn(database);
  return tables.length === 0 ? [] : database.query<Counted>(countOf(tables), [subjects]);
}

/** One statement for all tables, named by its text: a migration beside a running process changes which there are. */
function countOf(tables: readonly FoundTable[]): Statement {
  const text = tables.map(countText).join(' UNION ALL ');
  const digest = createHash('sha256').update(text).digest('hex').slice(0, digestLength);
  return statement(`erasure.count_${digest}`, `${text} ORDER BY 1`);
}

/** A personal table that names no subject cannot be read back: every row of it counts. */
const countText = ({ literal, quoted, hasSubject }: FoundTable): string =>
  `SELECT ${literal} AS "table", asked.subject_id AS "subject", (
     SELECT count(*)::int FROM ${quoted} AS found
     ${hasSubject ? 'WHERE found.subject_id = asked.subject_id' : ''}) AS "rows"
   FROM unnest($1::text[]) AS asked (subject_id)`;
