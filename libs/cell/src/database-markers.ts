import { statement } from '@entrepot/platform-database';
import type { Database } from '@entrepot/platform-database';
import type { DatabaseMarker } from './wiring.ts';

const readMarker = statement('cell.read_identity', 'SELECT cell, region FROM cell.identity');

/** Reads which cell each database says it belongs to. */
export function readMarkers(
  databases: Readonly<Partial<Record<DatabaseMarker['database'], Database>>>,
): Promise<DatabaseMarker[]> {
  const opened = Object.entries(databases) as [DatabaseMarker['database'], Database][];
  return Promise.all(
    opened.map(async ([database, connection]) => {
      const [row] = await connection.query<{ cell: string; region: string }>(readMarker);
      return { database, cell: row?.cell, region: row?.region };
    }),
  );
}
