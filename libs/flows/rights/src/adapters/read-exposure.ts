import { statement } from '@entrepot/platform-database';
import type { Queryable } from '@entrepot/platform-database';
import { mappedTable } from '../domain/breach-report.ts';
import type { ExposedTable, MappedTable } from '../domain/breach-report.ts';

const erasedSince = statement(
  'rights.erased_since',
  `SELECT subject_id AS "subject" FROM privacy.subject
   WHERE status <> 'active' AND fenced_at >= $1 ORDER BY 1`,
);

/**
 * Everybody with a row in each table. Names come from the data map, never from whoever asks. Throws TypeError
 * for a table that is not in it or has no column that names a person.
 */
export async function readExposure(
  databaseOf: (cluster: string) => Queryable,
  map: readonly MappedTable[],
  tables: readonly string[],
): Promise<ExposedTable[]> {
  const exposed: ExposedTable[] = [];
  for (const name of tables) {
    const { cluster, table, subject } = mappedTable(map, name);
    const quoted = table
      .split('.')
      .map((part) => `"${part}"`)
      .join('.');
    const everybody = statement(
      `rights.people_in_${table.replace('.', '_')}`,
      `SELECT DISTINCT ${subject} AS "subject" FROM ${quoted} WHERE ${subject} IS NOT NULL`,
    );
    const rows = await databaseOf(cluster).query<{ subject: string }>(everybody);
    exposed.push({ table, subjects: rows.map((row) => row.subject) });
  }
  return exposed;
}

/** Who was fenced since: their rows are gone, and they were there when it was open. */
export async function readErasedSince(shop: Queryable, since: Date): Promise<string[]> {
  const rows = await shop.query<{ subject: string }>(erasedSince, [since]);
  return rows.map(({ subject }) => subject);
}
