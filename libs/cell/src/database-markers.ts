import { setTimeout as delay } from 'node:timers/promises';
import { OutcomeUnknownError } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { Database } from '@entrepot/platform-database';
import type { DatabaseMarker } from './wiring.ts';

const readMarker = statement('cell.read_identity', 'SELECT cell, region FROM cell.identity');

/** A machine that starts everything at once may keep a process or a database waiting for so long. */
const patienceMs = 30_000;
const pauseMs = 500;

/** Reads which cell each database says it belongs to; waits a while for one that does not answer. */
export function readMarkers(
  databases: Readonly<Partial<Record<DatabaseMarker['database'], Database>>>,
): Promise<DatabaseMarker[]> {
  const opened = Object.entries(databases) as [DatabaseMarker['database'], Database][];
  return Promise.all(
    opened.map(async ([database, connection]) => {
      const row = await markerOf(connection);
      return { database, cell: row?.cell, region: row?.region };
    }),
  );
}

interface MarkerRow {
  readonly cell: string;
  readonly region: string;
}

async function markerOf(database: Database): Promise<MarkerRow | undefined> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      const [row] = await database.query<MarkerRow>(readMarker);
      return row;
    } catch (error) {
      if (!(error instanceof OutcomeUnknownError) || performance.now() > until) throw error;
    }
    await delay(pauseMs);
  }
}
