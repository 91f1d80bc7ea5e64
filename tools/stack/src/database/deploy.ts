import pg from 'pg';

import { StackError } from '../stack-error.ts';
import { readMigrations } from './compose.ts';
import type { ClusterName } from './namespaces.ts';
import { prisma } from './prisma-command.ts';
import { ensureRoles, loginRolesOf, readClusterRoles, rolesOf } from './roles.ts';
import type { RolePasswords } from './roles.ts';

export interface DeployOptions {
  readonly cluster: ClusterName;
  /** A URL of the cluster for its superuser; the database in it does not matter. */
  readonly superuserUrl: string;
  readonly passwords: RolePasswords;
  readonly isLeader: boolean;
  /** Left out: the cluster's own name. */
  readonly database?: string;
  /** Left out: the database stays without a marker row (a template). */
  readonly identity?: CellIdentity;
}

export interface CellIdentity {
  readonly cell: string;
  readonly region: string;
}

/** Runs work on a connection of its own and closes it whatever happens. */
export async function withClient<T>(
  connectionString: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString, application_name: 'entrepot-migrate' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The same server and login, another database. */
export function onDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return String(other);
}

/** The same server and database, another login. */
export function asRole(url: string, role: string, password: string): string {
  const other = new URL(url);
  other.username = role;
  other.password = encodeURIComponent(password);
  return String(other);
}

async function ensureDatabase(admin: pg.Client, database: string, owner: string): Promise<void> {
  const found = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (found.rowCount !== 0) return;
  const name = pg.escapeIdentifier(database);
  await admin.query(`CREATE DATABASE ${name} OWNER ${pg.escapeIdentifier(owner)}`);
}

/** Closes what PostgreSQL opens to everyone by default; CONNECT is left to the declared roles. */
async function closeToPublic(admin: pg.Client, options: ClosingOptions): Promise<void> {
  const database = pg.escapeIdentifier(options.database);
  const names = options.roles.map((role) => pg.escapeIdentifier(role)).join(', ');
  await admin.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  await admin.query(`GRANT CONNECT ON DATABASE ${database} TO ${names}`);
  await admin.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
  await admin.query(`GRANT ALL ON SCHEMA public TO ${pg.escapeIdentifier(options.owner)}`);
}

interface ClosingOptions {
  readonly database: string;
  readonly owner: string;
  readonly roles: readonly string[];
}

export type MigrationState = 'current' | 'pending' | 'rewritten';

/** Compares what a database has applied with the committed migrations, without calling Prisma. */
export async function migrationState(
  cluster: ClusterName,
  client: pg.Client,
): Promise<MigrationState> {
  const table = await client.query<{ name: string | null }>(
    `SELECT to_regclass('public._prisma_migrations')::text AS name`,
  );
  if (table.rows[0]?.name === null) return 'pending';
  const { rows } = await client.query<{ name: string; checksum: string }>(
    `SELECT migration_name AS name, checksum FROM public._prisma_migrations
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  const applied = new Map(rows.map(({ name, checksum }) => [name, checksum]));
  const stored = readMigrations(cluster);
  const isRewritten = stored.some(
    ({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum,
  );
  if (isRewritten) return 'rewritten';
  return stored.every(({ name }) => applied.has(name)) ? 'current' : 'pending';
}

/**
 * Roles and an empty database, closed to everybody else. Resolves to the database's URL as superuser
 * and as owner.
 */
export async function prepareDatabase(
  options: Omit<DeployOptions, 'identity'>,
): Promise<{ readonly superuserUrl: string; readonly ownerUrl: string }> {
  const { cluster, passwords } = options;
  const declared = readClusterRoles(cluster);
  const roles = rolesOf(cluster, options);
  const database = options.database ?? declared.database;
  const owner = `${cluster}_owner`;
  await withClient(onDatabase(options.superuserUrl, 'postgres'), async (admin) => {
    await ensureRoles(admin, roles, passwords);
    await ensureDatabase(admin, database, owner);
  });
  const superuserUrl = onDatabase(options.superuserUrl, database);
  await withClient(superuserUrl, (admin) =>
    closeToPublic(admin, { database, owner, roles: loginRolesOf(cluster, options) }),
  );
  return { superuserUrl, ownerUrl: asRole(superuserUrl, owner, passwords[owner] ?? '') };
}

/**
 * Brings a cluster to the committed state: roles, database, migrations, marker row. Repeatable; a
 * database that was made by an earlier text of a migration is refused.
 */
export async function deployCluster(options: DeployOptions): Promise<void> {
  const { cluster, identity } = options;
  const { superuserUrl, ownerUrl } = await prepareDatabase(options);
  const state = await withClient(superuserUrl, (admin) => migrationState(cluster, admin));
  if (state === 'rewritten') {
    throw new StackError(
      `The ${cluster} database was made by an earlier text of its migrations: start with --fresh.`,
    );
  }
  if (state === 'pending') await prisma(cluster, ['migrate', 'deploy'], { url: ownerUrl });
  if (identity !== undefined) {
    await withClient(ownerUrl, (client) => writeIdentity(client, identity));
  }
}

/** Writes the marker row once; a database that belongs to another cell is refused. */
export async function writeIdentity(client: pg.Client, identity: CellIdentity): Promise<void> {
  await client.query(
    'INSERT INTO cell.identity (cell, region) VALUES ($1, $2) ON CONFLICT (only_row) DO NOTHING',
    [identity.cell, identity.region],
  );
  const { rows } = await client.query<CellIdentity>('SELECT cell, region FROM cell.identity');
  const found = rows[0];
  if (found?.cell === identity.cell && found.region === identity.region) return;
  throw new StackError(
    `This database belongs to ${found?.cell ?? 'no cell'}, not to ${identity.cell}.`,
  );
}
