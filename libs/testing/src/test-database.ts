import { isCellId, regionOf } from '@entrepot/kernel';
import { CatalogDatabase, ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import type { Database, DatabaseOptions } from '@entrepot/platform-database';
import { asRole, loginRolesOf, onDatabase, withClient, writeIdentity } from '@entrepot/stack';
import type { ClusterName } from '@entrepot/stack';

import { requestService } from './service-client.ts';

interface DatabaseByCluster {
  readonly catalog: CatalogDatabase;
  readonly shop: ShopDatabase;
  readonly vault: VaultDatabase;
}

const databaseClasses: {
  readonly [C in ClusterName]: new (options: DatabaseOptions) => DatabaseByCluster[C];
} = { catalog: CatalogDatabase, shop: ShopDatabase, vault: VaultDatabase };

/** The last part of a role's name: `shop_api` is `api` here. */
export type DatabaseRole =
  'owner' | 'api' | 'worker' | 'border' | 'audit' | 'eraser' | 'replication' | 'superuser';

export interface TestDatabaseOptions {
  /** Whose marker row the database carries; `in-1` when left out. */
  readonly cell?: string;
  /**
   * A name for a server of its own. For suites that hold transactions open: the oldest open one holds
   * back every outbox on its server.
   */
  readonly ownServer?: string;
  /** That server has a synchronous standby, and both write as in production. */
  readonly hasStandby?: boolean;
  /** How much later that standby's word arrives, in milliseconds: as if it stood in another zone. */
  readonly standbyAwayMs?: number;
}

export interface TestDatabase<C extends ClusterName> {
  readonly name: string;
  urlFor(role: DatabaseRole): string;
  /** Closed by `drop`. */
  open(role: DatabaseRole, options?: { connectionsMax?: number }): DatabaseByCluster[C];
  drop(): Promise<void>;
}

interface PostgresDescription {
  readonly superuserUrl: string;
  readonly passwords: Readonly<Record<string, string>>;
}

const connectionsMaxDefault = 4;

async function cloneTemplate(cluster: ClusterName, name: string, superuserUrl: string) {
  const roles = loginRolesOf(cluster, { isLeader: true });
  await withClient(superuserUrl, async (admin) => {
    await admin.query(
      `CREATE DATABASE ${name} TEMPLATE template_${cluster} OWNER ${cluster}_owner`,
    );
    // a clone does not take over who may connect
    await admin.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
    await admin.query(`GRANT CONNECT ON DATABASE ${name} TO ${roles.join(', ')}`);
  });
}

/** A database of the suite's own, migrated, with the roles of a cell and its marker row. */
export async function testDatabase<C extends ClusterName>(
  cluster: C,
  { cell = 'in-1', ownServer, hasStandby = false, standbyAwayMs = 0 }: TestDatabaseOptions = {},
): Promise<TestDatabase<C>> {
  if (!isCellId(cell)) throw new TypeError(`"${cell}" is no cell id`);
  const kind = hasStandby ? 'postgres-pair' : 'postgres';
  const service = [kind, ownServer, standbyAwayMs > 0 ? standbyAwayMs : undefined]
    .filter((part) => part !== undefined)
    .join(':');
  const { superuserUrl, passwords } = await requestService<PostgresDescription>(service);
  const name = `test_${cluster}_${crypto.randomUUID().replaceAll('-', '')}`;
  await cloneTemplate(cluster, name, superuserUrl);
  const url = onDatabase(superuserUrl, name);
  const urlFor = (role: DatabaseRole): string => {
    if (role === 'superuser') return url;
    const password = passwords[`${cluster}_${role}`];
    if (password === undefined) throw new TypeError(`${cluster} has no role ${cluster}_${role}`);
    return asRole(url, `${cluster}_${role}`, password);
  };
  await withClient(urlFor('owner'), (client) =>
    writeIdentity(client, { cell, region: regionOf(cell) }),
  );
  const opened: Database[] = [];
  return {
    name,
    urlFor,
    open: (role, { connectionsMax = connectionsMaxDefault } = {}) => {
      const applicationName = `${cell} ${role}`;
      const database = new databaseClasses[cluster]({
        url: urlFor(role),
        connectionsMax,
        applicationName,
      });
      opened.push(database);
      return database;
    },
    drop: async () => {
      await Promise.all(opened.splice(0).map((database) => database.close()));
      await withClient(superuserUrl, (admin) => admin.query(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}
