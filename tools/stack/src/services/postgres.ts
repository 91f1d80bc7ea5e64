import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { spawn } from 'node:child_process';

import { StackError } from '../stack-error.ts';
import { accessText, serverSettingsText } from './postgres-files.ts';
import type { PostgresAccess, PostgresSettings } from './postgres-files.ts';
import { ownerOfFiles, postgresCall } from './postgres-program.ts';
import type { RunningService } from './running-service.ts';
import { startSpawnedService } from './spawned-service.ts';

const readyTimeoutMs = 60_000;
const portAttemptsMax = 5;
const includedFile = 'entrepot.conf';

export interface PostgresOptions {
  /** Shown in messages: `in-1 shop`. */
  readonly name: string;
  /** Holds `data/`, `server.log` and `superuser.password`; made at the first start. */
  readonly folder: string;
  readonly superuser: string;
  readonly access: readonly PostgresAccess[];
  /** Left out: a free one, another at every start. */
  readonly port?: number;
  readonly settings?: PostgresSettings;
}

export interface RunningPostgres extends RunningService {
  readonly port: number;
  /** Unless told otherwise the superuser's; passwords are in the URL, so never log it. */
  urlFor(database: string, login?: PostgresLogin): string;
}

export interface PostgresLogin {
  readonly role: string;
  readonly password: string;
}

export const dataFolderOf = (folder: string): string => join(folder, 'data');

export function superuserPassword(folder: string): string {
  return readFileSync(join(folder, 'superuser.password'), 'utf8');
}

/** A port that nobody listened on a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Runs a program to its end; its output is in the message if it fails. */
function run(program: 'initdb' | 'postgres', args: readonly string[]): Promise<void> {
  const call = postgresCall(program, args);
  return new Promise((resolve, reject) => {
    const child = spawn(call.command, call.args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new StackError(`${program} failed: ${output.trim().slice(-500)}`));
    });
  });
}

export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const owner = ownerOfFiles();
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
}

export function writeOwned(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
  const owner = ownerOfFiles();
  if (owner !== undefined) chownSync(file, owner.uid, owner.gid);
}

/** Makes the data folder under another name and moves it into place: a killed set-up leaves none. */
async function initialise(options: PostgresOptions): Promise<void> {
  makeFolder(options.folder);
  const unfinished = `${dataFolderOf(options.folder)}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  const passwordFile = join(options.folder, 'superuser.password');
  writeOwned(passwordFile, randomBytes(24).toString('base64url'));
  await run('initdb', [
    `--pgdata=${unfinished}`,
    `--username=${options.superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--data-checksums',
    '--encoding=UTF8',
    // the same order on every machine, whatever its C library
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
    '--no-sync',
  ]);
  appendFileSync(join(unfinished, 'postgresql.conf'), `include '${includedFile}'\n`);
  renameSync(unfinished, dataFolderOf(options.folder));
}

/** Line 8 of postmaster.pid is the server's own word on its state, the one that pg_ctl reads. */
function isServing(dataFolder: string, port: number): boolean {
  try {
    const lines = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
    return lines[3] === String(port) && ['ready', 'standby'].includes((lines[7] ?? '').trim());
  } catch {
    return false;
  }
}

function writeConfiguration(options: PostgresOptions, port: number): void {
  const data = dataFolderOf(options.folder);
  writeOwned(join(data, includedFile), serverSettingsText({ port, ...options.settings }));
  writeOwned(join(data, 'pg_hba.conf'), accessText(options.superuser, options.access));
}

/** A primary or a standby, whichever its data folder says. */
async function startServer(options: PostgresOptions, port: number): Promise<RunningPostgres> {
  writeConfiguration(options, port);
  const data = dataFolderOf(options.folder);
  // a pid file that a killed server left would be read as an answer of the new one
  const leftover = join(data, 'postmaster.pid');
  if (existsSync(leftover)) assertNotRunning(options.name, leftover);
  const call = postgresCall('postgres', ['-D', data]);
  const service = await startSpawnedService({
    name: options.name,
    command: call.command,
    args: call.args,
    env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC' },
    cwd: options.folder,
    logFile: join(options.folder, 'server.log'),
    isReady: async () => isServing(data, port),
    readyTimeoutMs,
    // "fast": ends the sessions, writes a checkpoint and goes
    stopSignal: 'SIGINT',
  });
  const superuser = { role: options.superuser, password: superuserPassword(options.folder) };
  return {
    ...service,
    port,
    urlFor: (database, login = superuser) =>
      `postgresql://${login.role}:${encodeURIComponent(login.password)}@127.0.0.1:${port}/${database}`,
  };
}

function assertNotRunning(name: string, pidFile: string): void {
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  const isPostgres = existsSync(`/proc/${pid}/cmdline`)
    ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(pidFile, '..'))
    : false;
  if (isPostgres) throw new StackError(`${name} is already running (pid ${pid}); stop it first.`);
  rmSync(pidFile);
}

/** Initialises the server at its first start and starts it. Resolves once it accepts connections. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const isNew =
    !existsSync(dataFolderOf(options.folder)) ||
    readdirSync(dataFolderOf(options.folder)).length === 0;
  if (isNew) await initialise(options);
  if (options.port !== undefined) return startServer(options, options.port);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startServer(options, await freePort());
    } catch (error) {
      // between asking and listening somebody else may have taken the port
      const isPortTaken = error instanceof Error && error.message.includes('could not bind');
      if (!isPortTaken || attempt === portAttemptsMax) throw error;
    }
  }
}
