import { deployCluster } from '../database/deploy.ts';
import { clusterNames } from '../database/namespaces.ts';
import type { ClusterName } from '../database/namespaces.ts';
import { accessOf, readClusterRoles, rolesOf } from '../database/roles.ts';
import type { RolePasswords } from '../database/roles.ts';
import { startPostgres, superuserPassword } from '../services/postgres.ts';
import type { Step } from '../stage.ts';
import type { CellTopology } from '../topology.ts';
import { ranks } from './stack-context.ts';
import type { StackContext } from './stack-context.ts';

const passwordOf = (context: StackContext, cell: string, role: string): string =>
  context.secrets.password(`${cell}/postgres/${role}`);

export function rolePasswordsOf(
  context: StackContext,
  cell: CellTopology,
  cluster: ClusterName,
): RolePasswords {
  const roles = rolesOf(cluster, { isLeader: cell.catalogLeader });
  return Object.fromEntries(roles.map(({ name }) => [name, passwordOf(context, cell.id, name)]));
}

/** A process's own login at one of its cell's clusters: `postgresql://shop_api:…@127.0.0.1:…/shop`. */
export function databaseUrlOf(
  context: StackContext,
  cell: string,
  login: { readonly cluster: ClusterName; readonly role: string },
): string {
  const port = context.ports.of(cell, login.cluster);
  const password = passwordOf(context, cell, login.role);
  return `postgresql://${login.role}:${password}@127.0.0.1:${port}/${login.cluster}`;
}

export function superuserUrlOf(context: StackContext, cell: string, cluster: ClusterName): string {
  const { superuser } = readClusterRoles(cluster);
  const password = superuserPassword(context.paths.dataOf(cell, cluster));
  const port = context.ports.of(cell, cluster);
  return `postgresql://${superuser}:${password}@127.0.0.1:${port}/postgres`;
}

function clusterStep(context: StackContext, cell: CellTopology, cluster: ClusterName): Step {
  const name = `${cell.id} ${cluster}`;
  return {
    title: `${name} database`,
    run: () =>
      context.supervisor.start({
        name,
        rank: ranks.primary,
        start: () =>
          startPostgres({
            name,
            folder: context.paths.dataOf(cell.id, cluster),
            superuser: readClusterRoles(cluster).superuser,
            access: accessOf(cluster, { isLeader: cell.catalogLeader }),
            port: context.ports.of(cell.id, cluster),
          }),
      }),
  };
}

export const databaseSteps = (context: StackContext, cell: CellTopology): readonly Step[] =>
  clusterNames.map((cluster) => clusterStep(context, cell, cluster));

/** Roles, tables and marker row of one cluster; quick when nothing has changed. */
export function migrationSteps(context: StackContext, cell: CellTopology): readonly Step[] {
  return clusterNames.map((cluster) => ({
    title: `${cell.id} ${cluster} migrations`,
    run: () =>
      deployCluster({
        cluster,
        superuserUrl: superuserUrlOf(context, cell.id, cluster),
        passwords: rolePasswordsOf(context, cell, cluster),
        isLeader: cell.catalogLeader,
        identity: { cell: cell.id, region: cell.region },
      }),
  }));
}
