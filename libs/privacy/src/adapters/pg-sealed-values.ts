import { createHash } from 'node:crypto';
import type { SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { ShopDatabase, Statement } from '@entrepot/platform-database';
import { SealedValues } from '../application/sealed-values.ts';
import { sealedForGood } from '../domain/former-values.ts';
import type {
  CountedValues,
  FormerValue,
  KeyedPerson,
  ResealedValue,
  ValuePlace,
} from '../domain/former-values.ts';

/** Names that are fit to stand in a statement, but for `store` and `name`, which are the plain ones. */
interface FoundColumn {
  readonly store: string;
  readonly name: string;
  readonly table: string;
  readonly column: string;
  readonly key: string | null;
  readonly hasSubject: boolean;
}

/** What takes nothing but ciphertext, as its CHECK says: the catalogue is readable by every role. */
const findColumns = statement(
  'privacy.find_ciphertext_columns',
  `SELECT n.nspname || '.' || c.relname AS "store", a.attname AS "name",
     format('%I.%I', n.nspname, c.relname) AS "table", format('%I', a.attname) AS "column",
     (SELECT format('%I', pk.attname) FROM pg_index i
      JOIN pg_attribute pk ON pk.attrelid = i.indrelid AND pk.attnum = i.indkey[0]
      WHERE i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1) AS "key",
     EXISTS (SELECT FROM pg_attribute s WHERE s.attrelid = c.oid AND s.attname = 'subject_id') AS "hasSubject"
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type y ON y.oid = a.atttypid
   WHERE y.typcategory = 'S' AND a.attname <> 'subject_id'
     AND EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c'
       AND a.attnum = ANY(k.conkey) AND pg_get_constraintdef(k.oid) LIKE '%v1|%')
   ORDER BY 1, 2`,
);

/**
 * Every column of the shop that holds ciphertext, found by the subject of its row: a value that names another one
 * opens nowhere, since its place is bound into it. A column that may not be read is an error. A page of people takes
 * as many statements as one person: they go through all columns at once.
 */
export class PgSealedValues extends SealedValues {
  readonly #shop: ShopDatabase;

  constructor(shop: ShopDatabase) {
    super();
    this.#shop = shop;
  }

  override async versionsOf(people: readonly SubjectId[]) {
    const columns = await this.#columns();
    const sources = columns.map(
      ({ table, column }) => `SELECT t.subject_id, ${versionIn(column)} AS version
       FROM ${table} t WHERE t.subject_id = ANY($1)`,
    );
    const read = named(
      'versions',
      `SELECT subject_id AS "subject", array_agg(DISTINCT version) AS "versions"
       FROM (${sources.join(' UNION ALL ')}) sealed WHERE version IS NOT NULL GROUP BY 1`,
    );
    const rows = await this.#shop.query<{ subject: SubjectId; versions: number[] }>(read, [people]);
    return new Map(rows.map(({ subject, versions }) => [subject, versions]));
  }

  override async formerOf(
    people: readonly KeyedPerson[],
    part: { after: ValuePlace | undefined; valuesMax: number; bytesMax: number },
  ) {
    if (people.length === 0) return { values: [], isMore: false };
    const { after } = part;
    const rows = await this.#shop.query<FormerValue & { readonly total: number }>(
      formerIn((await this.#columns()).filter(({ store }) => !sealedForGood.has(store))),
      [
        ...personValues(people),
        ...[after?.subject ?? '', after?.table ?? '', after?.column ?? '', after?.rowId ?? ''],
        ...[part.valuesMax, part.bytesMax],
      ],
    );
    const values = rows.map(({ subject, table, column, rowId, stored }) => ({
      ...{ subject, table, column, rowId, stored },
    }));
    return { values, isMore: rows.length < (rows[0]?.total ?? 0) };
  }

  override async replace(values: readonly ResealedValue[]): Promise<number> {
    const columns = await this.#columns();
    const byColumn = Map.groupBy(values, ({ table, column }) => `${table}.${column}`);
    let replaced = 0;
    for (const found of columns) {
      const given = byColumn.get(`${found.store}.${found.name}`) ?? [];
      if (given.length === 0) continue;
      replaced += await this.#shop.execute(replaceIn(found), [
        given.map(({ rowId }) => rowId),
        given.map(({ subject }) => subject),
        given.map(({ stored }) => stored),
        given.map(({ anew }) => anew),
      ]);
    }
    return replaced;
  }

  override async count(people: readonly KeyedPerson[]): Promise<readonly CountedValues[]> {
    const rows = await this.#shop.query<
      Omit<CountedValues, 'status'> & { readonly status: string | null }
    >(countIn(await this.#columns()), personValues(people));
    return rows.map((row) => ({ ...row, status: row.status ?? undefined }));
  }

  async #columns(): Promise<readonly (FoundColumn & { readonly key: string })[]> {
    const columns = await this.#shop.query<FoundColumn>(findColumns);
    if (columns.length === 0) throw new Error('no column with ciphertext was found');
    return columns.map(({ key, ...found }) => {
      if (key === null || !found.hasSubject) {
        throw new Error(
          `${found.store} has sealed values of no subject, or without a key of one column`,
        );
      }
      return { ...found, key };
    });
  }
}

const personValues = (people: readonly KeyedPerson[]): unknown[] => [
  people.map(({ subject }) => subject),
  people.map(({ version }) => version),
];

/**
 * The head of a value is enough, and of a long one nothing else is fetched. NULL for what names another subject or no
 * version: no key opens it.
 */
const versionIn = (column: string): string =>
  `CASE WHEN starts_with(left(t.${column}, 100), 'v1|A256GCM|' || t.subject_id || '|')
     THEN substring(left(t.${column}, 100) FROM '^(?:[^|]+[|]){3}([1-9][0-9]{0,8})[|]')::int END`;

function formerIn(columns: readonly (FoundColumn & { readonly key: string })[]): Statement {
  const sources = columns.map(
    ({ store, name, table, column, key }) =>
      `SELECT t.subject_id, '${store}' AS store, '${name}' AS name, t.${key} AS row_id, t.${column} AS stored
       FROM ${table} t JOIN asked USING (subject_id) WHERE ${versionIn(column)} < asked.version`,
  );
  return named(
    'former',
    `WITH asked AS (
       SELECT subject_id, version FROM unnest($1::text[], $2::int[]) AS given (subject_id, version)
       JOIN privacy.subject USING (subject_id) WHERE status = 'active'
     ), found AS (${sources.join(' UNION ALL ')}), placed AS (
       SELECT *, count(*) OVER () AS total, row_number() OVER places AS place,
         sum(octet_length(stored)) OVER places AS bytes
       FROM found WHERE (subject_id, store, name, row_id) > ($3, $4, $5, $6)
       WINDOW places AS (ORDER BY subject_id, store, name, row_id)
     )
     SELECT subject_id AS "subject", store AS "table", name AS "column", row_id AS "rowId", stored, total::int
     FROM placed WHERE place <= $7 AND (bytes <= $8 OR place = 1) ORDER BY placed.place`,
  );
}

/**
 * Who is active stays so until the values are in, so that no guard of the table refuses a whole portion because of
 * one person.
 */
const replaceIn = ({ table, column, key }: FoundColumn): Statement =>
  named(
    'replace',
    `WITH given AS (
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
         AS given (row_id, subject_id, stored, anew)
     ), free AS MATERIALIZED (
       SELECT s.subject_id FROM privacy.subject s
       WHERE s.subject_id = ANY($2) AND s.status = 'active' FOR SHARE
     )
     UPDATE ${table} t SET ${column} = given.anew FROM given JOIN free USING (subject_id)
     WHERE t.${key} = given.row_id AND t.subject_id = given.subject_id AND t.${column} = given.stored`,
  );

function countIn(columns: readonly FoundColumn[]): Statement {
  const sources = columns.map(
    ({ store, table, column }) =>
      `SELECT '${store}' AS store, asked.status, ${versionIn(column)} < asked.version AS is_former
       FROM ${table} t JOIN asked USING (subject_id) WHERE ${versionIn(column)} IS NOT NULL`,
  );
  return named(
    'count',
    `WITH asked AS (
       SELECT subject_id, version, status FROM unnest($1::text[], $2::int[]) AS given (subject_id, version)
       LEFT JOIN privacy.subject USING (subject_id)
     )
     SELECT store AS "table", status, is_former AS "isFormer", count(*)::int AS "values"
     FROM (${sources.join(' UNION ALL ')}) counted GROUP BY 1, 2, 3`,
  );
}

const nameDigits = 16;

/** Columns differ by schema, so that a statement is called by its text. */
function named(what: string, text: string): Statement {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, nameDigits);
  return statement(`privacy.sealed_${what}_${digest}`, text);
}
