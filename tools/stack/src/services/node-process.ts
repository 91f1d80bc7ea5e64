import { get } from 'node:http';

import { repositoryRoot } from '../stack-paths.ts';
import type { RunningService } from './running-service.ts';
import { startSpawnedService } from './spawned-service.ts';

/** It compiles what it loads; on a machine with much else to do that takes more than a minute. */
const readyTimeoutMs = 180_000;
const probeTimeoutMs = 2_000;

export interface NodeProcessOptions {
  readonly name: string;
  /** The TypeScript file to run, from the root of the repository. */
  readonly entry: string;
  /** The whole environment besides PATH and HOME: nothing of the caller's leaks in. */
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Answers 2xx once the process does its work. */
  readonly readyUrl: string;
  readonly stopSignal?: NodeJS.Signals;
  /** TypeScript modules that are loaded before the entry. */
  readonly preload?: readonly string[];
}

/** Whether the address answers with a status of success. Connects to loopback, whatever the host name. */
export function answersOk(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { timeout: probeTimeoutMs, agent: false }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve(status >= 200 && status < 300);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}

/** Runs one of the repository's own programs from source and waits until it answers. */
export function startNodeProcess(options: NodeProcessOptions): Promise<RunningService> {
  return startSpawnedService({
    name: options.name,
    command: process.execPath,
    args: [
      // kafkajs 2 passes a negative delay once per process, which Node 24 warns about.
      '--disable-warning=TimeoutNegativeWarning',
      '--import',
      `${repositoryRoot}tools/loader.mjs`,
      ...(options.preload ?? []).flatMap((module) => ['--import', module]),
      `${repositoryRoot}${options.entry}`,
    ],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      ...options.env,
    },
    cwd: repositoryRoot,
    logFile: options.logFile,
    isReady: () => answersOk(options.readyUrl),
    readyTimeoutMs,
    ...(options.stopSignal === undefined ? {} : { stopSignal: options.stopSignal }),
  });
}
