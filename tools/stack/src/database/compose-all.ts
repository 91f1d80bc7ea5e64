import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { repositoryRoot } from '../stack-paths.ts';
import { withStackLock } from '../with-stack-lock.ts';
import { catalogueFile, catalogueText } from './catalogue.ts';
import type { Catalogue } from './catalogue.ts';
import { readMigrations } from './compose.ts';
import type { ClusterName } from './namespaces.ts';
import { withScratchServer } from './scratch-server.ts';
import { composeChecked, writeInitialMigration } from './write-migration.ts';

export interface ComposedCluster {
  readonly cluster: ClusterName;
  readonly isChanged: boolean;
  readonly catalogue: Catalogue;
}

/**
 * Composes the migrations of the clusters. A migration is only written once it has been applied to an
 * empty database, so the committed ones always apply; the catalogue of that database is kept beside it.
 */
export function composeAll(clusters: readonly ClusterName[]): Promise<ComposedCluster[]> {
  return withStackLock(join(repositoryRoot, '.entrepot', 'compose.lock'), () =>
    withScratchServer(clusters, async (server) => {
      const composed: ComposedCluster[] = [];
      for (const cluster of clusters) {
        const { text, catalogue } = await composeChecked(server, cluster);
        const isChanged =
          readMigrations(cluster)
            .map((stored) => stored.text)
            .join('') !== text;
        if (isChanged) writeInitialMigration(cluster, text);
        writeFileSync(catalogueFile(cluster), catalogueText(catalogue));
        composed.push({ cluster, isChanged, catalogue });
      }
      return composed;
    }),
  );
}
