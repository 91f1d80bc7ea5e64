import { repositoryRoot, startSpawnedService } from '@entrepot/stack';
import type { RunningService } from '@entrepot/stack';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Something that can be killed without warning and started again as it was. */
export class Killable {
  private service: RunningService | undefined;
  kills = 0;

  constructor(private readonly startService: () => Promise<RunningService>) {}

  async start(): Promise<void> {
    this.service = await this.startService();
  }

  async killAndRestart(): Promise<void> {
    const service = this.service;
    if (service === undefined) throw new TypeError('it has not been started');
    process.kill(service.pid, 'SIGKILL');
    await service.exited;
    this.kills += 1;
    await this.start();
  }

  async stop(): Promise<void> {
    await this.service?.stop();
    this.service = undefined;
  }
}

/** A process that runs a TypeScript file of this folder and says `ready` when it is. */
export function probeProcess(name: string, settingsFile: string, logFolder: string): Killable {
  let starts = 0;
  return new Killable(() => {
    starts += 1;
    const logFile = join(logFolder, `${name}-${starts}.log`);
    return startSpawnedService({
      name,
      command: process.execPath,
      args: [
        '--disable-warning=TimeoutNegativeWarning',
        '--import',
        join(repositoryRoot, 'tools/loader.mjs'),
        join(repositoryRoot, 'e2e/messaging/processes/probe-process.ts'),
        settingsFile,
      ],
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' },
      cwd: repositoryRoot,
      logFile,
      isReady: () => Promise.resolve(readFileSync(logFile, 'utf8').includes('ready\n')),
      readyTimeoutMs: 60_000,
    });
  });
}

/** Deterministic numbers from 0 up to 1: a failing run is repeated by its seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
