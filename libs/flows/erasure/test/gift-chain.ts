import { statement } from '@entrepot/platform-database';
import type { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';

const tables = statement(
  'spec.all_tables',
  `SELECT format('%I.%I', n.nspname, c.relname) AS "table"
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
   ORDER BY 1`,
);

/** What rows refer to each other by: ids of the house, UUIDs, and instants to the millisecond. */
const references =
  /[a-z]{3}_[a-z]{2}-\d+_[0-9a-z]{26}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+/g;

async function rowsOf(database: ShopDatabase | VaultDatabase): Promise<string[]> {
  const found: string[] = [];
  for (const { table } of await database.query<{ table: string }>(tables)) {
    const all = statement(
      `spec.rows_of_${table.replaceAll(/[^a-z0-9]+/g, '_')}`,
      `SELECT to_jsonb(t)::text AS "row" FROM ${table} t`,
    );
    found.push(...(await database.query<{ row: string }>(all)).map(({ row }) => row));
  }
  return found;
}

/**
 * Everything that a join over any tables of these databases leads to from one reference: rows that share a
 * reference, the references in them, and so on.
 */
export async function reachableFrom(
  start: string,
  databases: readonly (ShopDatabase | VaultDatabase)[],
): Promise<ReadonlySet<string>> {
  const rows = (await Promise.all(databases.map(rowsOf))).flat();
  const named = rows.map((row) => [...new Set(row.match(references) ?? [])]);
  const rowsNaming = Map.groupBy(
    named.flatMap((refs) => refs.map((ref) => ({ ref, refs }))),
    ({ ref }) => ref,
  );
  const reached = new Set([start]);
  for (const from of reached) {
    for (const { refs } of rowsNaming.get(from) ?? []) for (const ref of refs) reached.add(ref);
  }
  return reached;
}
