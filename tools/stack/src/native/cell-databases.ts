import { join } from 'node:path';

import { deployCluster, onDatabase } from '../database/deploy.ts';
import { clusterNames } from '../database/namespaces.ts';
import type { ClusterName } from '../database/namespaces.ts';
import { accessOf, readClusterRoles, rolesOf } from '../database/roles.ts';
import type { RolePasswords } from '../database/roles.ts';
import { copyCatalogAnew } from '../services/catalog-copy.ts';
import { subscribeToCatalog } from '../services/catalog-replication.ts';
import { assertNoRestoreUnderWay } from '../restore-mark.ts';
import { synchronousTo } from '../services/postgres-files.ts';
import { createStandby, startStandby } from '../services/postgres-standby.ts';
import type { StandbyOptions } from '../services/postgres-standby.ts';
import { startPostgres, superuserPassword } from '../services/postgres.ts';
import type { PostgresOptions } from '../services/postgres.ts';
import type { Step } from '../stage.ts';
import type { CellTopology } from '../topology.ts';
import { openCrossings, ranks } from './stack-context.ts';
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

/** PostgreSQL's launcher keeps each server's log beside its data. */
export const serverLogsOf = ({ topology, paths }: StackContext): readonly string[] =>
  topology.flatMap(({ id }) =>
    ['catalog', 'shop', 'shop-standby', 'vault', 'vault-standby'].map((name) =>
      join(paths.dataOf(id, name), 'server.log'),
    ),
  );

function primaryOptions(
  context: StackContext,
  cell: CellTopology,
  cluster: ClusterName,
): PostgresOptions {
  const { superuser, standby } = readClusterRoles(cluster);
  return {
    name: `${cell.id} ${cluster}`,
    folder: context.paths.dataOf(cell.id, cluster),
    superuser,
    access: accessOf(cluster, { isLeader: cell.catalogLeader }),
    port: context.ports.of(cell.id, cluster),
    // Nothing is acknowledged that the standby does not have; without a standby there is none to name.
    ...(standby === undefined ? {} : { settings: synchronousTo(standby.role) }),
  };
}

function standbyOptions(
  context: StackContext,
  cell: CellTopology,
  cluster: ClusterName,
): StandbyOptions | undefined {
  const { superuser, standby } = readClusterRoles(cluster);
  if (standby === undefined) return undefined;
  return {
    name: `${cell.id} ${cluster}-standby`,
    folder: context.paths.dataOf(cell.id, `${cluster}-standby`),
    superuser,
    access: accessOf(cluster, { isLeader: cell.catalogLeader }),
    port: context.ports.of(cell.id, `${cluster}-standby`),
    standbyName: standby.role,
    primaryPort: context.ports.of(cell.id, cluster),
    login: { role: standby.role, password: passwordOf(context, cell.id, standby.role) },
  };
}

async function startCluster(context: StackContext, cell: CellTopology, cluster: ClusterName) {
  assertNoRestoreUnderWay(context.paths, cell.id);
  const primary = primaryOptions(context, cell, cluster);
  const standby = standbyOptions(context, cell, cluster);
  if (standby !== undefined) await createStandby(primary, standby);
  await context.supervisor.start({
    name: primary.name,
    rank: ranks.primary,
    start: () => startPostgres(primary),
  });
  if (standby === undefined) return;
  await context.supervisor.start({
    name: standby.name,
    rank: ranks.standby,
    start: () => startStandby(standby),
  });
}

export const databaseSteps = (context: StackContext, cell: CellTopology): readonly Step[] =>
  clusterNames.map((cluster) => ({
    title: `${cell.id} ${cluster} database`,
    run: () => startCluster(context, cell, cluster),
  }));

/** The leader's catalog as others reach it: each through a link of its own, which can be cut. */
export const catalogLinksStep = (context: StackContext, leader: CellTopology): Step => ({
  title: `${leader.id} catalog links`,
  run: () =>
    openCrossings(context, { kind: 'catalog-replication', into: leader.id }, () =>
      context.ports.of(leader.id, 'catalog'),
    ),
});

/** The leader's catalog flows into each other cell's. */
export function subscriptionStep(
  context: StackContext,
  leader: CellTopology,
  follower: CellTopology,
): Step {
  const role = 'catalog_replication';
  const { database } = readClusterRoles('catalog');
  return {
    title: `${follower.id} catalog subscription`,
    run: async () => {
      const subscription = {
        cell: follower.id,
        leader: {
          host: '127.0.0.1',
          port: context.ports.crossing({
            kind: 'catalog-replication',
            into: leader.id,
            from: follower.id,
          }),
          database,
        },
        login: { role, password: passwordOf(context, leader.id, role) },
      };
      const owner = { cluster: 'catalog', role: 'catalog_owner' } as const;
      const followerOwnerUrl = databaseUrlOf(context, follower.id, owner);
      if ((await subscribeToCatalog({ ...subscription, followerOwnerUrl })) === 'subscribed')
        return;
      const superuserUrl = superuserUrlOf(context, follower.id, 'catalog');
      await copyCatalogAnew({ subscription, followerUrl: onDatabase(superuserUrl, database) });
    },
  };
}

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
