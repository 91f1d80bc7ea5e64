import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { globSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { identityOf, isAlive, makeFolder, signalProcess, waitForEnd } from '@entrepot/stack';
import type { ProcessIdentity } from '@entrepot/stack';

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
/** Of a server, in the folder of its cluster, wherever a run unpacks one. */
const pidFiles = '*/*/data/postmaster.pid';
const stopTimeoutMs = 10_000;
const nameForm = /^(\d{1,10})\.([^.]+)\.[0-9a-f]{8}$/;

/**
 * A folder below `home` for the length of some work, which no other run uses: it holds databases in the clear and
 * logins. It goes when the work ends, on SIGINT and on SIGTERM, together with the servers on it; what killed runs left
 * goes first.
 */
export async function withRunFolder<T>(
  home: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  makeFolder(home);
  for (const name of readdirSync(home).filter(isDead)) await discard(join(home, name));
  const folder = join(home, nameOfRun());
  makeFolder(folder);
  let ending: Promise<never> | undefined;
  const end = (signal: keyof typeof exitCodes) => {
    // a terminal and the program that started us may both say it
    ending ??= discard(folder).finally(() => process.exit(exitCodes[signal])) as Promise<never>;
  };
  process.on('SIGINT', end).on('SIGTERM', end);
  try {
    return await work(folder);
  } finally {
    // work fails when its servers are stopped below it: that is not how the run ends
    await ending;
    process.off('SIGINT', end).off('SIGTERM', end);
    await discard(folder);
  }
}

/** The name is the lock: it says whose folder it is from the moment at which there is one. */
function nameOfRun(): string {
  const own = identityOf(process.pid);
  if (own === undefined) throw new TypeError('this process lives');
  const startedAt = encodeURIComponent(own.startedAt);
  return `${own.pid}.${startedAt}.${randomBytes(4).toString('hex')}`;
}

function isDead(name: string): boolean {
  const [, pid, startedAt] = nameForm.exec(name) ?? [];
  if (pid === undefined || startedAt === undefined) return true;
  return !isAlive({ pid: Number(pid), startedAt: decodeURIComponent(startedAt) });
}

async function discard(folder: string): Promise<void> {
  for (const file of globSync(pidFiles, { cwd: folder })) {
    const server = serverOf(join(folder, file));
    // "immediate": nothing of what it has is wanted
    if (server !== undefined && signalProcess(server, 'SIGQUIT')) {
      await waitForEnd(server, stopTimeoutMs);
    }
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/** The server that wrote the file; undefined where its number is another process's by now. */
function serverOf(pidFile: string): ProcessIdentity | undefined {
  const pid = Number(textIn(pidFile).split('\n')[0]);
  const identity = pid > 0 ? identityOf(pid) : undefined;
  const isOurs = identity !== undefined && commandOf(pid).includes(join(pidFile, '..'));
  return isOurs ? identity : undefined;
}

function commandOf(pid: number): string {
  if (process.platform === 'linux') return textIn(`/proc/${pid}/cmdline`);
  return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
}

function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
