import { statement } from '@entrepot/platform-database';
import type { Database } from '@entrepot/platform-database';
import type { ReadinessProbe } from './readiness.ts';

const readQuarantine = statement(
  'cell.read_quarantine',
  'SELECT backup_id AS "backupId" FROM cell.quarantine WHERE closed_at IS NULL',
);

/** The databases that hold people's data; a process names those that it uses. */
export interface QuarantinedDatabases {
  readonly shop: Database;
  readonly vault?: Database;
}

/** A database was restored and does not yet know again whom the cell has erased. */
export class QuarantineError extends Error {
  override readonly name = 'QuarantineError';

  constructor(database: string, backupId: string) {
    super(
      `The ${database} database was restored from ${backupId} and is in quarantine: ` +
        'replay the journal of erasures (`npm run entrepot -- restore replay --cell <cell>`) before the cell serves.',
    );
  }
}

/** Throws QuarantineError while one of the databases waits for the replay. */
export async function refuseQuarantine({ shop, vault }: QuarantinedDatabases): Promise<void> {
  for (const [name, database] of Object.entries({ shop, vault })) {
    const [open] = (await database?.query<{ backupId: string }>(readQuarantine)) ?? [];
    if (open !== undefined) throw new QuarantineError(name, open.backupId);
  }
}

/** A database may be exchanged for a restored one beneath a process that runs: then it serves no more. */
export const quarantineProbe = (databases: QuarantinedDatabases): ReadinessProbe => ({
  name: 'quarantine',
  required: true,
  measure: async () => {
    await refuseQuarantine(databases);
    return undefined;
  },
});
