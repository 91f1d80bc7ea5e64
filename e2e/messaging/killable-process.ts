import { repositoryRoot, startSpawnedService } from '@entrepot/stack';
import type { RunningService } from '@entrepot/stack';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A start that fails is tried again as a stack's supervisor does, so often at most. */
const startsMax = 8;
const startDelayMinMs = 200;

/**
 * Something that can be killed without warning and started again as it was. It is supervised as in a stack:
 * a process that gives up by itself, as one does whose broker refuses it for good, is started again.
 */
export class Killable {
  private service: RunningService | undefined;
  private revival: Promise<void> = Promise.resolve();
  kills = 0;

  constructor(private readonly startService: () => Promise<RunningService>) {}

  async start(): Promise<void> {
    const service = await this.startService();
    this.service = service;
    void service.exited.then(() => {
      if (this.service !== service) return;
      this.revival = this.startAgain();
      // whoever kills or stops it next is told
      this.revival.catch(() => undefined);
    });
  }

  async killAndRestart(): Promise<void> {
    for (let wasAlive = false; !wasAlive;) {
      await this.revival;
      const service = this.service;
      if (service === undefined) throw new TypeError('it has not been started');
      this.service = undefined;
      wasAlive = killed(service.pid);
      await service.exited;
      await this.startAgain();
    }
    this.kills += 1;
  }

  /** One whose broker is being killed as well may give up before it has begun. */
  private async startAgain(): Promise<void> {
    for (let starts = 1; ; starts += 1) {
      try {
        await this.start();
        return;
      } catch (error) {
        if (starts === startsMax) throw error;
        await sleep(startDelayMinMs * 2 ** (starts - 1));
      }
    }
  }

  async stop(): Promise<void> {
    await this.revival;
    const service = this.service;
    this.service = undefined;
    await service?.stop();
  }
}

function killed(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
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
