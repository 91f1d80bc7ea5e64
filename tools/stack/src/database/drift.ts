import { join } from 'node:path';

import type { RunningPostgres } from '../services/postgres.ts';
import { compareCatalogues, readCatalogue, readStoredCatalogue } from './catalogue.ts';
import type { Catalogue } from './catalogue.ts';
import { migrationsFolder } from './compose.ts';
import { deployCluster, onDatabase, withClient } from './deploy.ts';
import { clusterFolder } from './namespaces.ts';
import type { ClusterName } from './namespaces.ts';
import { prisma } from './prisma-command.ts';
import { newPasswords, readClusterRoles } from './roles.ts';
import { scratchDatabaseOf, withScratchServer } from './scratch-server.ts';
import { composeChecked } from './write-migration.ts';

const everything = { isLeader: true } as const;

export interface ClusterDrift {
  readonly cluster: ClusterName;
  readonly differences: readonly string[];
  /** Of the database that the committed migrations make. */
  readonly catalogue: Catalogue;
}

async function deployCommitted(server: RunningPostgres, cluster: ClusterName): Promise<Catalogue> {
  const database = scratchDatabaseOf(cluster, 'deployed');
  const superuserUrl = server.urlFor('postgres');
  const passwords = newPasswords(cluster, everything);
  await deployCluster({ cluster, superuserUrl, passwords, database, ...everything });
  return withClient(onDatabase(superuserUrl, database), (client) => readCatalogue(client, cluster));
}

/** Owners' SQL may add these to Prisma's tables; whether they are the right ones the catalogue says. */
const additions = /^(DROP INDEX|ALTER TABLE \S+ DROP CONSTRAINT)/;

/** What Prisma would still have to do to reach the schema files, without what owners have added. */
export function missingStatements(script: string): string[] {
  return script
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join(' ')
    .split(';')
    .map((text) => text.replaceAll(/\s+/g, ' ').trim())
    .filter((text) => text !== '' && !additions.test(text));
}

/** Prisma's own opinion: do the migrations make the tables that the schema files declare? */
export async function findSchemaDrift(
  server: RunningPostgres,
  cluster: ClusterName,
  schema = join(clusterFolder(cluster), 'schema'),
): Promise<string[]> {
  const ends = ['--from-migrations', migrationsFolder(cluster), '--to-schema', schema];
  const output = await prisma(cluster, ['migrate', 'diff', ...ends, '--script'], {
    url: server.urlFor('postgres'),
  });
  return missingStatements(output).map((text) => `the Prisma schema asks for: ${text}`);
}

async function driftOf(server: RunningPostgres, cluster: ClusterName): Promise<ClusterDrift> {
  const catalogue = await deployCommitted(server, cluster);
  const composed = (await composeChecked(server, cluster)).catalogue;
  const stored = readStoredCatalogue(cluster);
  const differences = [
    ...(await findSchemaDrift(server, cluster)),
    ...compareCatalogues(composed, catalogue).map(
      (line) => `schema and SQL files, against the migrations: ${line}`,
    ),
    ...(stored === undefined
      ? ['catalogue.json is missing']
      : compareCatalogues(stored, catalogue)
    ).map((line) => `catalogue.json, against the migrations: ${line}`),
  ];
  return { cluster, differences, catalogue };
}

/**
 * Whether schema files, the owners' SQL, the committed migrations and the committed catalogue still
 * say the same. Makes two databases per cluster on a server of its own.
 */
export function findDrift(clusters: readonly ClusterName[]): Promise<ClusterDrift[]> {
  return withScratchServer(clusters, async (server) => {
    const drifts: ClusterDrift[] = [];
    for (const cluster of clusters) drifts.push(await driftOf(server, cluster));
    return drifts;
  });
}

/** What a living database has that was not committed, and what it lacks. */
export async function findLiveDrift(cluster: ClusterName, superuserUrl: string): Promise<string[]> {
  const stored = readStoredCatalogue(cluster);
  if (stored === undefined) return ['catalogue.json is missing'];
  const found = await withClient(superuserUrl, (client) => readCatalogue(client, cluster));
  const absentRoles = readClusterRoles(cluster)
    .roles.filter(({ name, leaderOnly }) => leaderOnly === true && found.roles[name] === undefined)
    .map(({ name }) => name);
  return compareCatalogues(stored, found, { absentRoles });
}
