import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

import type { RedisProgram } from './redis-program.ts';
import type { RunningService } from './running-service.ts';
import { startSpawnedService } from './spawned-service.ts';

const readyTimeoutMs = 20_000;
const probeTimeoutMs = 1_000;
const memoryMaxMegabytes = 256;

/** What an application user may do: its data, scripts and subscriptions; nothing of the server's. */
const applicationRules = '~* &* +@all -@admin -@dangerous +info +client|setname +client|id';
const operatorRules = '~* &* +@all';

export interface RedisUser {
  readonly name: string;
  readonly password: string;
}

export interface RedisOptions {
  readonly name: string;
  readonly program: RedisProgram;
  readonly port: number;
  readonly dataFolder: string;
  readonly logFile: string;
  /** May do everything: readiness, saving before a scan, drills. */
  readonly operator: RedisUser;
  readonly users: readonly RedisUser[];
}

function accessList(options: RedisOptions): string {
  const line = (user: RedisUser, rules: string) =>
    `user ${user.name} on #${createHash('sha256').update(user.password).digest('hex')} ${rules}`;
  return [
    'user default off nopass nocommands',
    line(options.operator, operatorRules),
    ...options.users.map((user) => line(user, applicationRules)),
    '',
  ].join('\n');
}

/** Jobs and sessions live here: nothing is evicted, and at most a second of writes is lost in a crash. */
function configuration(options: RedisOptions): string {
  const quoted = (path: string) => JSON.stringify(path);
  return [
    'bind 127.0.0.1',
    `port ${options.port}`,
    `dir ${quoted(options.dataFolder)}`,
    `aclfile ${quoted(join(options.dataFolder, 'users.acl'))}`,
    'daemonize no',
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    `maxmemory ${memoryMaxMegabytes}mb`,
    'maxmemory-policy noeviction',
    '',
  ].join('\n');
}

/** Whether the server answers PING to the operator; it says LOADING while it reads its file. */
function answersPing(port: number, operator: RedisUser): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let answer = '';
    const finish = (isReady: boolean) => {
      socket.destroy();
      resolve(isReady);
    };
    socket.setTimeout(probeTimeoutMs, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('end', () => finish(false));
    socket.once('connect', () => {
      socket.write(`AUTH ${operator.name} ${operator.password}\r\nPING\r\n`);
    });
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      if (answer.includes('+PONG')) finish(true);
      else if (answer.includes('-')) finish(false);
    });
  });
}

/** Starts Redis with named users only; `default` cannot log in. */
export async function startRedis(options: RedisOptions): Promise<RunningService> {
  mkdirSync(options.dataFolder, { recursive: true, mode: 0o700 });
  const file = join(options.dataFolder, 'redis.conf');
  writeFileSync(join(options.dataFolder, 'users.acl'), accessList(options), { mode: 0o600 });
  writeFileSync(file, configuration(options), { mode: 0o600 });
  return startSpawnedService({
    name: options.name,
    command: options.program.command,
    args: [file],
    env: { PATH: process.env.PATH ?? '', ...options.program.env },
    cwd: options.dataFolder,
    logFile: options.logFile,
    isReady: () => answersPing(options.port, options.operator),
    readyTimeoutMs,
  });
}
