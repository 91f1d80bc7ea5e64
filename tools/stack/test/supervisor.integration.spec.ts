import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { endLeftovers, identityOf, isAlive, ProcessRecord } from '@entrepot/stack';
import { startSpawnedService, Supervisor, waitForEnd } from '@entrepot/stack';
import type { ServiceDefinition } from '@entrepot/stack';

import { killHard, runProgram } from './child-program.ts';

const endTimeoutMs = 10_000;
const forever = 'setInterval(() => {}, 1000)';

describe('the supervisor', () => {
  let folder = '';
  let lines: string[] = [];
  let supervisor: Supervisor;
  const stopped: string[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'entrepot-supervisor-'));
    lines = [];
    stopped.length = 0;
    supervisor = new Supervisor(new ProcessRecord(join(folder, 'processes.json')), (line) => {
      lines.push(line);
    });
  });
  afterEach(async () => {
    await supervisor.stopAll();
    rmSync(folder, { recursive: true });
  });

  const service = (name: string, rank: number, script = forever): ServiceDefinition => ({
    name,
    rank,
    start: async () => {
      const running = await startSpawnedService({
        name,
        command: process.execPath,
        args: ['-e', script],
        env: {},
        cwd: folder,
        logFile: join(folder, `${name}.log`),
        isReady: () => Promise.resolve(script === forever),
        readyTimeoutMs: endTimeoutMs,
      });
      const stop = async () => {
        await running.stop();
        stopped.push(name);
      };
      return { ...running, stop };
    },
  });

  const pidOf = (name: string): number => {
    const pid = supervisor.status().find((status) => status.name === name)?.pid;
    if (pid === undefined) throw new Error(`${name} does not run`);
    return pid;
  };

  async function until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  it('starts a killed service again and says so', async () => {
    await supervisor.start(service('victim', 1));
    const before = pidOf('victim');
    supervisor.kill('victim', 'SIGKILL');
    await until(() => lines.includes('victim runs again.'));
    expect(pidOf('victim')).not.toBe(before);
    expect(supervisor.status()[0]).toMatchObject({ state: 'running', restarts: 1 });
    expect(lines[0]).toBe('victim ended by itself (SIGKILL); starting it again.');
  });

  it('ends the highest rank first and leaves no process', async () => {
    await supervisor.start(service('store', 1));
    await supervisor.start(service('server', 2));
    const identities = ['store', 'server'].map((name) => identityOf(pidOf(name)));
    await supervisor.stopAll();
    expect(stopped).toEqual(['server', 'store']);
    for (const identity of identities) {
      expect(identity !== undefined && isAlive(identity)).toBe(false);
    }
  });

  it('leaves nothing of a service that ends while starting, and shows its last words', async () => {
    const start = supervisor.start(service('broken', 1, 'console.log("no luck"); process.exit(3)'));
    await expect(start).rejects.toThrow(/broken ended while starting[^]*no luck/);
    expect(supervisor.status()[0]?.pid).toBeUndefined();
  });

  it('stops while a service is being started again', async () => {
    await supervisor.start(service('victim', 1));
    supervisor.kill('victim', 'SIGKILL');
    await until(() => lines.length > 0);
    await supervisor.stopAll();
    expect(supervisor.status()[0]).toMatchObject({ state: 'stopped', pid: undefined });
  });
});

describe('what a killed supervisor leaves', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'entrepot-leftovers-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function killedSupervisor() {
    const { child, firstLine } = await runProgram('supervise', folder);
    const service = identityOf(Number(firstLine));
    await killHard(child);
    if (service === undefined) throw new Error('the service did not run');
    return service;
  }

  it('is ended by its record', async () => {
    const service = await killedSupervisor();
    expect(isAlive(service)).toBe(true);
    expect(await endLeftovers(join(folder, 'processes.json'), folder)).toBe(1);
    expect(await waitForEnd(service, endTimeoutMs)).toBe(true);
  });

  it('is ended by its mark when it was not written down', async () => {
    const service = await killedSupervisor();
    rmSync(join(folder, 'processes.json'));
    expect(await endLeftovers(join(folder, 'processes.json'), folder)).toBe(1);
    expect(await waitForEnd(service, endTimeoutMs)).toBe(true);
  });

  it('never includes a process that was given a recorded number later', async () => {
    const { child } = await runProgram('take-lock', join(folder, 'lock'));
    const identity = { pid: child.pid, startedAt: 'another boot/1' };
    const record = [{ name: 'store', rank: 1, identity }];
    writeFileSync(join(folder, 'processes.json'), JSON.stringify(record));
    try {
      expect(await endLeftovers(join(folder, 'processes.json'), folder)).toBe(0);
      expect(child.exitCode ?? child.signalCode).toBeNull();
    } finally {
      await killHard(child);
    }
  });
});
