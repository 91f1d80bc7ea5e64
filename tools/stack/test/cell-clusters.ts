import { join } from 'node:path';

import { recordTestProcess } from '@entrepot/testing';

import {
  accessOf,
  asRole,
  clusterNames,
  deployCluster,
  newPasswords,
  readClusterRoles,
  startPostgres,
  throwawaySettings,
} from '../src/index.ts';
import type { ClusterName, RunningPostgres } from '../src/index.ts';

export interface StartedCluster {
  readonly server: RunningPostgres;
  urlFor(role: string, database?: string): string;
}

export interface CellClusters {
  readonly clusters: Readonly<Record<ClusterName, StartedCluster>>;
  stop(): Promise<void>;
}

interface CellOptions {
  readonly cell: string;
  readonly isLeader: boolean;
  readonly folder: string;
  readonly only?: readonly ClusterName[];
}

async function startCluster(cluster: ClusterName, options: CellOptions): Promise<StartedCluster> {
  const { cell, isLeader, folder } = options;
  const server = await startPostgres({
    name: `${cell} ${cluster}`,
    folder: join(folder, cell, cluster),
    superuser: readClusterRoles(cluster).superuser,
    access: accessOf(cluster, { isLeader }),
    settings: throwawaySettings,
  });
  recordTestProcess(server);
  const passwords = newPasswords(cluster, { isLeader });
  await deployCluster({
    cluster,
    superuserUrl: server.urlFor('postgres'),
    passwords,
    isLeader,
    identity: { cell, region: cell.slice(0, 2) },
  });
  return {
    server,
    urlFor: (role, database = cluster) =>
      asRole(server.urlFor(database), role, passwords[role] ?? 'this role has no password here'),
  };
}

/** A cell's clusters as the stack starts them: a server each, and each with its own logins. */
export async function startCellClusters(options: CellOptions): Promise<CellClusters> {
  const entries: [ClusterName, StartedCluster][] = [];
  for (const cluster of options.only ?? clusterNames) {
    entries.push([cluster, await startCluster(cluster, options)]);
  }
  return {
    clusters: Object.fromEntries(entries) as Record<ClusterName, StartedCluster>,
    stop: async () => {
      await Promise.all(entries.map(([, { server }]) => server.stop()));
    },
  };
}
