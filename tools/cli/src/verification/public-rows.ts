import { labelsInRow } from '@entrepot/border-scan';
import type { ByteMatcher } from '@entrepot/border-scan';
import { withClient } from '@entrepot/stack';
import type { Client } from 'pg';

const tablesOf = `SELECT format('%I.%I', schemaname, tablename) AS "table" FROM pg_tables
  WHERE schemaname IN ('catalog', 'catalog_local') ORDER BY 1`;
const rowsPerPage = 50;

/**
 * What a matcher finds in the rows of the catalogue, which anybody may read: each label with the first table in which it
 * stands. `url` is of the database, with a login that reads every table of it.
 */
export async function labelsInCatalogue(
  url: string,
  matchers: readonly ByteMatcher[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  await withClient(url, async (client) => {
    const { rows: tables } = await client.query<{ table: string }>(tablesOf);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    for (const { table } of tables) {
      for await (const row of rowsOf(client, table)) {
        const news = [...labelsInRow(row, matchers)].filter((label) => !found.has(label));
        for (const label of news) found.set(label, table);
      }
    }
    await client.query('COMMIT');
  });
  return found;
}

/** In pages: a row may hold a picture. */
async function* rowsOf(client: Client, table: string): AsyncGenerator {
  await client.query(`DECLARE catalogue NO SCROLL CURSOR FOR SELECT * FROM ${table}`);
  for (;;) {
    const { rows } = await client.query(`FETCH ${rowsPerPage} FROM catalogue`);
    yield* rows as readonly unknown[];
    if (rows.length < rowsPerPage) break;
  }
  await client.query('CLOSE catalogue');
}
