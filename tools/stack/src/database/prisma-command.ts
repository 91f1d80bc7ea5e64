import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { StackError } from '../stack-error.ts';
import { repositoryRoot } from '../stack-paths.ts';
import { clusterFolder } from './namespaces.ts';
import type { ClusterName } from './namespaces.ts';

const outputBytesMax = 16 * 1024 * 1024;

/** Takes the password out of the URL: it travels in PGPASSWORD, never in a process's arguments. */
function connectionEnvironment(url: string | undefined): Record<string, string> {
  if (url === undefined) return {};
  const parsed = new URL(url);
  const password = decodeURIComponent(parsed.password);
  parsed.password = '';
  return { ENTREPOT_MIGRATION_DATABASE_URL: String(parsed), PGPASSWORD: password };
}

/** All that the Prisma CLI is told; it tells nobody what it was used for. */
export const environmentOf = (url: string | undefined): Record<string, string> => ({
  // the engine's shebang asks PATH for node
  PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
  HOME: process.env['HOME'] ?? '',
  PRISMA_SCHEMA_ENGINE_BINARY: join(repositoryRoot, 'tools/schema-engine.mjs'),
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  CHECKPOINT_DISABLE: '1',
  NO_COLOR: '1',
  ...connectionEnvironment(url),
});

/** Runs the Prisma CLI for one cluster and resolves to what it printed. */
export function prisma(
  cluster: ClusterName,
  args: readonly string[],
  { url }: { url?: string } = {},
): Promise<string> {
  const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
  const config = join(clusterFolder(cluster), 'prisma.config.ts');
  const options = { cwd: repositoryRoot, env: environmentOf(url), maxBuffer: outputBytesMax };
  const parameters = [cli, ...args, '--config', config];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, parameters, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new StackError(`prisma ${args.join(' ')} failed: ${stdout}${stderr}`.trim()));
    });
  });
}
