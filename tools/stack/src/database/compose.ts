import { createHash } from 'node:crypto';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

import { repositoryRoot } from '../stack-paths.ts';
import { clusterFolder, namespaces } from './namespaces.ts';
import type { ClusterName } from './namespaces.ts';
import { prisma } from './prisma-command.ts';

/** Nothing is released yet: there is one migration per cluster and it is composed anew. */
export const initialMigrationName = '20261121000000_initial';

const prologue = `-- Composed by \`npm run entrepot -- migrate compose\` from the Prisma schema and the owners' SQL files.
-- Edit those, not this file.

-- Nobody gets a right that no owner's file names.
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TYPES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON SCHEMAS FROM PUBLIC;
`;

export interface OwnerSqlFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** The owners' SQL files of a cluster, in the order of the namespaces and then of their numbers. */
export function readOwnerSql(cluster: ClusterName): OwnerSqlFile[] {
  const pattern = `libs/**/src/adapters/sql/${cluster}/*.sql`;
  const paths = globSync(pattern, {
    cwd: repositoryRoot,
    exclude: (path) => basename(path) === 'node_modules',
  });
  const libraries = namespaces.map(({ library }) => library);
  const rank = (path: string): number => {
    const index = libraries.findIndex((library) => path.startsWith(`${library}/`));
    return index === -1 ? libraries.length : index;
  };
  return paths
    .sort((a, b) => rank(a) - rank(b) || compareTexts(a, b))
    .map((path) => ({ path, text: readFileSync(join(repositoryRoot, path), 'utf8') }));
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The whole initial migration of a cluster as text; asks no server. */
export async function composeMigration(cluster: ClusterName): Promise<string> {
  const schema = join(clusterFolder(cluster), 'schema');
  const tables = await prisma(cluster, [
    'migrate',
    'diff',
    '--from-empty',
    '--to-schema',
    schema,
    '--script',
  ]);
  const owners = readOwnerSql(cluster).map(({ path, text }) => `-- ${path}\n${text.trim()}\n`);
  return [prologue, `${tables.trim()}\n`, ...owners].join('\n');
}

export const migrationsFolder = (cluster: ClusterName): string =>
  join(clusterFolder(cluster), 'migrations');

export interface StoredMigration {
  readonly name: string;
  readonly text: string;
  /** As Prisma stores it in `_prisma_migrations`: SHA-256 of the file. */
  readonly checksum: string;
}

/** The committed migrations in the order in which they are applied. */
export function readMigrations(cluster: ClusterName): StoredMigration[] {
  const folder = migrationsFolder(cluster);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => join(folder, name, 'migration.sql'))
    .filter((path) => existsSync(path))
    .sort(compareTexts)
    .map((path) => {
      const text = readFileSync(path, 'utf8');
      const checksum = createHash('sha256').update(text).digest('hex');
      return { name: relative(folder, dirname(path)), text, checksum };
    });
}
