import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';

import { StackError } from '../stack-error.ts';
import type { RunningPostgres } from '../services/postgres.ts';
import { readCatalogue } from './catalogue.ts';
import type { Catalogue } from './catalogue.ts';
import { composeMigration, initialMigrationName, migrationsFolder } from './compose.ts';
import { prepareDatabase, withClient } from './deploy.ts';
import type { ClusterName } from './namespaces.ts';
import { newPasswords } from './roles.ts';
import { scratchDatabaseOf } from './scratch-server.ts';

const everything = { isLeader: true } as const;

/** An empty database with the roles of a leader's cluster, on a scratch server. */
function makeEmptyDatabase(server: RunningPostgres, cluster: ClusterName) {
  return prepareDatabase({
    cluster,
    superuserUrl: server.urlFor('postgres'),
    passwords: newPasswords(cluster, everything),
    database: scratchDatabaseOf(cluster, 'composed'),
    ...everything,
  });
}

/** Composes a cluster's migration and proves on an empty database that it applies; writes nothing. */
export async function composeChecked(
  server: RunningPostgres,
  cluster: ClusterName,
): Promise<{ readonly text: string; readonly catalogue: Catalogue }> {
  const text = await composeMigration(cluster);
  const { ownerUrl, superuserUrl } = await makeEmptyDatabase(server, cluster);
  await withClient(ownerUrl, async (client) => {
    try {
      await client.query(text);
    } catch (error) {
      throw new StackError(`${cluster}: ${whereItFailed(text, error)}`, { cause: error });
    }
  });
  const catalogue = await withClient(superuserUrl, (client) => readCatalogue(client, cluster));
  return { text, catalogue };
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
