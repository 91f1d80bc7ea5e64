import { existsSync } from 'node:fs';

import { readPorts } from '../port-plan.ts';
import { superuserPassword } from '../services/postgres.ts';
import { StackPaths } from '../stack-paths.ts';
import { readClusterRoles } from './roles.ts';
import { clusterNames } from './namespaces.ts';
import type { ClusterName } from './namespaces.ts';

export interface RunningCluster {
  readonly cell: string;
  readonly cluster: ClusterName;
  /** Of the cluster's own database, as superuser. */
  readonly superuserUrl: string;
}

/** The clusters of the stack on this machine, whether or not they run now. */
export function clustersOfStack(paths = new StackPaths()): RunningCluster[] {
  return Object.entries(readPorts(paths.ports)).flatMap(([name, port]) => {
    const [cell = '', service = ''] = name.split(' ');
    const cluster = clusterNames.find((candidate) => candidate === service);
    if (cluster === undefined || !existsSync(paths.dataOf(cell, cluster))) return [];
    const { superuser, database } = readClusterRoles(cluster);
    const password = superuserPassword(paths.dataOf(cell, cluster));
    const superuserUrl = `postgresql://${superuser}:${password}@127.0.0.1:${port}/${database}`;
    return [{ cell, cluster, superuserUrl }];
  });
}
