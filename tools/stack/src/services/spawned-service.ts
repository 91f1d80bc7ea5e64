import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { StackError } from '../stack-error.ts';
import { supervisionMark } from '../supervision-mark.ts';
import type { RunningService } from './running-service.ts';

/** Generous: a JVM on a busy machine writes its archive, a database its checkpoint. */
const stopTimeoutMs = 30_000;
const readyPollMinMs = 20;
const readyPollMaxMs = 200;
const logTailLines = 8;

export interface SpawnedServiceOptions {
  readonly name: string;
  readonly command: string;
  /** Never a secret: arguments are readable by every user of the machine. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly logFile: string;
  /** Answers true once the service does its work; asked again until it does or the process ends. */
  readonly isReady: () => Promise<boolean>;
  readonly readyTimeoutMs: number;
  readonly stopSignal?: NodeJS.Signals;
}

/** The end of a log, for the message of a service that would not start. */
export function logTail(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-logTailLines).join('\n');
  } catch {
    return '(no log)';
  }
}

/** SIGKILL follows if the process ignores the polite signal. */
async function stopChild(child: ChildProcess, ended: Promise<unknown>, signal: NodeJS.Signals) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  const kill = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await ended;
  clearTimeout(kill);
}

async function waitUntilReady(options: SpawnedServiceOptions, hasEnded: () => boolean) {
  const end = performance.now() + options.readyTimeoutMs;
  for (let pollMs = readyPollMinMs; !hasEnded(); pollMs = Math.min(pollMs * 1.5, readyPollMaxMs)) {
    if (await options.isReady()) return;
    if (performance.now() > end) {
      throw new StackError(
        `${options.name} did not become ready in ${options.readyTimeoutMs / 1000} s; the end of ` +
          `${options.logFile}:\n${logTail(options.logFile)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new StackError(
    `${options.name} ended while starting; the end of ${options.logFile}:\n` +
      logTail(options.logFile),
  );
}

/**
 * Starts a program and waits until it is ready; on failure nothing of it is left. Its output goes
 * straight into the log file, so that it neither blocks nor dies with its supervisor. It leads a
 * process group of its own: Ctrl-C at the terminal must not reach it before its turn.
 */
export async function startSpawnedService(options: SpawnedServiceOptions): Promise<RunningService> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: { ...supervisionMark(), ...options.env },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const exited = new Promise<Awaited<RunningService['exited']>>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
  let hasEnded = false;
  void exited.then(() => (hasEnded = true));
  const stop = () => stopChild(child, exited, options.stopSignal ?? 'SIGTERM');
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    await waitUntilReady(options, () => hasEnded);
  } catch (error) {
    await stop();
    throw error;
  }
  return { name: options.name, pid: child.pid ?? 0, exited, stop };
}
