import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';

import { StackError } from '../stack-error.ts';
import type { RunningPostgres } from '../services/postgres.ts';
import { composeMigration, initialMigrationName, migrationsFolder } from './compose.ts';
import { asRole, onDatabase, withClient } from './deploy.ts';
import { ensureRoles, newPasswords, rolesOf } from './roles.ts';
import type { ClusterName } from './namespaces.ts';

const everything = { isLeader: true } as const;

/** An empty database with the cluster's roles, owned as in a cell, on a scratch server. */
export async function makeEmptyDatabase(
  server: RunningPostgres,
  cluster: ClusterName,
  database: string,
): Promise<{ readonly superuserUrl: string; readonly ownerUrl: string }> {
  const passwords = newPasswords(cluster, everything);
  const owner = `${cluster}_owner`;
  await withClient(server.urlFor('postgres'), async (admin) => {
    await ensureRoles(admin, rolesOf(cluster, everything), passwords);
    await admin.query(`CREATE DATABASE ${database} OWNER ${owner}`);
    await admin.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  });
  const superuserUrl = onDatabase(server.urlFor('postgres'), database);
  await withClient(superuserUrl, async (admin) => {
    await admin.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
    await admin.query(`GRANT ALL ON SCHEMA public TO ${owner}`);
  });
  return { superuserUrl, ownerUrl: asRole(superuserUrl, owner, passwords[owner] ?? '') };
}

/** Composes a cluster's migration and proves on an empty database that it applies; writes nothing. */
export async function composeChecked(
  server: RunningPostgres,
  cluster: ClusterName,
): Promise<string> {
  const text = await composeMigration(cluster);
  const { ownerUrl } = await makeEmptyDatabase(server, cluster, `compose_${cluster}`);
  await withClient(ownerUrl, async (client) => {
    try {
      await client.query(text);
    } catch (error) {
      throw new StackError(`${cluster}: ${whereItFailed(text, error)}`, { cause: error });
    }
  });
  return text;
}

/** The server's complaint with the owner's file and the line at which it stopped. */
function whereItFailed(text: string, error: unknown): string {
  if (!(error instanceof pg.DatabaseError)) return String(error);
  const before = text.slice(0, Number(error.position ?? 0)).split('\n');
  const file = before.findLast((line) => /^-- libs\/.*\.sql$/.test(line)) ?? '-- the Prisma schema';
  const line = text.split('\n')[before.length - 1] ?? '';
  const hint = [error.detail, error.where].filter((part) => part !== undefined).join(' ');
  return `${error.message} (${file.slice(3)}: ${line.trim()}) ${hint}`.trim();
}

/** Replaces the cluster's migrations by the composed one, in Prisma's own layout. */
export function writeInitialMigration(cluster: ClusterName, text: string): void {
  const folder = migrationsFolder(cluster);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, initialMigrationName), { recursive: true });
  writeFileSync(join(folder, 'migration_lock.toml'), 'provider = "postgresql"\n');
  writeFileSync(join(folder, initialMigrationName, 'migration.sql'), text);
}
