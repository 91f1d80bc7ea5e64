import pg from 'pg';

import type { CellClusters } from './cell-clusters.ts';

export const withOwner = async <T>(cell: CellClusters, work: (owner: pg.Client) => Promise<T>) => {
  const owner = new pg.Client({ connectionString: cell.clusters.catalog.urlFor('catalog_owner') });
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
};

/** Every table that is replicated, with the columns that are. */
export const publishedTables = (leader: CellClusters) =>
  withOwner(leader, async (owner) => {
    const { rows } = await owner.query<{ name: string; columns: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name,
         (SELECT string_agg(quote_ident(a), ', ' ORDER BY a) FROM unnest(attnames) a) AS columns
       FROM pg_publication_tables ORDER BY name`,
    );
    return rows;
  });

/** The count of each table's rows, and a digest of them. */
export const checksums = (
  cell: CellClusters,
  tables: Awaited<ReturnType<typeof publishedTables>>,
) =>
  withOwner(cell, async (owner) => {
    const sums: Record<string, string> = {};
    for (const { name, columns } of tables) {
      const { rows } = await owner.query<{ sum: string }>(
        `SELECT count(*) || ' ' || md5(string_agg(r::text, '|' ORDER BY r::text)) AS sum
           FROM (SELECT ${columns} FROM ${name}) r`,
      );
      sums[name] = rows[0]?.sum ?? '';
    }
    return sums;
  });
