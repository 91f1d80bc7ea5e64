import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { startPostgres } from '../services/postgres.ts';
import type { RunningPostgres } from '../services/postgres.ts';
import type { PostgresAccess } from '../services/postgres-files.ts';
import { repositoryRoot } from '../stack-paths.ts';
import type { ClusterName } from './namespaces.ts';
import { accessOf } from './roles.ts';

/** A server whose data is worth nothing: no flushing, so that it is quick. */
export const throwawaySettings = {
  fsync: 'off',
  full_page_writes: 'off',
  max_wal_size: '256MB',
  shared_buffers: '16MB',
} as const;

/** Databases of a scratch server: what is composed now, and what the committed migrations make. */
export type ScratchPurpose = 'composed' | 'deployed';

export const scratchDatabaseOf = (cluster: ClusterName, purpose: ScratchPurpose): string =>
  `${purpose}_${cluster}`;

const scratchAccess = (clusters: readonly ClusterName[]): PostgresAccess[] =>
  clusters.flatMap((cluster) =>
    accessOf(cluster, { isLeader: true, database: `/^(composed|deployed)_${cluster}$` }),
  );

/** Starts an empty server, gives it to `work`, and leaves nothing behind. */
export async function withScratchServer<T>(
  clusters: readonly ClusterName[],
  work: (server: RunningPostgres) => Promise<T>,
): Promise<T> {
  const parent = join(repositoryRoot, '.entrepot', 'scratch');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'server-'));
  try {
    const server = await startPostgres({
      name: 'scratch server',
      folder,
      superuser: 'scratch_superuser',
      access: scratchAccess(clusters),
      settings: throwawaySettings,
    });
    try {
      return await work(server);
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
