import { join } from 'node:path';

import { withStackLock } from '../with-stack-lock.ts';
import { readMigrations } from './compose.ts';
import { repositoryRoot } from '../stack-paths.ts';
import type { ClusterName } from './namespaces.ts';
import { accessOf } from './roles.ts';
import { withScratchServer } from './scratch-server.ts';
import { composeChecked, writeInitialMigration } from './write-migration.ts';

/**
 * Composes the migrations of the clusters. A migration is only written once it has been applied to an
 * empty database, so the committed ones always apply.
 */
export function composeAll(
  clusters: readonly ClusterName[],
  say: (line: string) => void,
): Promise<void> {
  const access = clusters.flatMap((cluster) =>
    accessOf(cluster, { isLeader: true, database: `compose_${cluster}` }),
  );
  return withStackLock(join(repositoryRoot, '.entrepot', 'compose.lock'), () =>
    withScratchServer(access, async (server) => {
      for (const cluster of clusters) {
        const text = await composeChecked(server, cluster);
        const isSame =
          readMigrations(cluster)
            .map((stored) => stored.text)
            .join('') === text;
        if (!isSame) writeInitialMigration(cluster, text);
        say(`${cluster}: ${isSame ? 'unchanged' : 'composed'}`);
      }
    }),
  );
}
