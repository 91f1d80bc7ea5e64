import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';
import { isAlive, repositoryRoot } from '@entrepot/stack';
import type { ProcessIdentity } from '@entrepot/stack';
import { recordTestProcess, testFolder } from '@entrepot/testing';

const parentFolder = testFolder('runs');
const started: ChildProcess[] = [];

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function start(command: string, args: readonly string[]): ChildProcess & { readonly pid: number } {
  const child = spawn(command, args, { cwd: repositoryRoot, stdio: 'ignore' });
  if (child.pid === undefined) throw new Error(`${command} did not start`);
  recordTestProcess({ pid: child.pid });
  started.push(child);
  return child as ChildProcess & { readonly pid: number };
}

/** A run as Jest's set-up starts it, with something else in the place of Jest. */
async function startRun() {
  const jest = start('sleep', ['600']);
  const folder = join(parentFolder, `${crypto.randomUUID().slice(0, 8)}-${jest.pid}`);
  mkdirSync(folder);
  const main = join(repositoryRoot, 'libs/testing/src/host/main.ts');
  const loader = join(repositoryRoot, 'tools/loader.mjs');
  const host = start(process.execPath, ['--import', loader, main, folder, String(jest.pid)]);
  await until(() => existsSync(join(folder, 'host.json')));
  return { jest, host, folder };
}

async function startPostgresIn(folder: string): Promise<ProcessIdentity> {
  const { port, secret } = JSON.parse(readFileSync(join(folder, 'host.json'), 'utf8')) as {
    port: number;
    secret: string;
  };
  const response = await fetch(`http://127.0.0.1:${port}/services/postgres`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}` },
  });
  expect(response.status).toBe(200);
  const [line = ''] = readFileSync(join(folder, 'processes.jsonl'), 'utf8').split('\n');
  const server = JSON.parse(line) as ProcessIdentity;
  expect(isAlive(server)).toBe(true);
  return server;
}

describe('a test run that is killed', () => {
  afterAll(() => {
    for (const child of started) child.kill('SIGKILL');
  });

  it('leaves nothing behind when Jest is killed', async () => {
    const { jest, folder } = await startRun();
    const server = await startPostgresIn(folder);
    jest.kill('SIGKILL');
    await until(() => !existsSync(folder));
    expect(isAlive(server)).toBe(false);
  });

  it('is cleaned up by the next run when its host was killed too', async () => {
    const { jest, host, folder } = await startRun();
    const server = await startPostgresIn(folder);
    host.kill('SIGKILL');
    jest.kill('SIGKILL');
    await new Promise((resolve) => host.once('exit', resolve));
    expect(isAlive(server)).toBe(true);
    const next = await startRun();
    await until(() => !existsSync(folder) && !isAlive(server));
    next.jest.kill('SIGKILL');
    await until(() => !existsSync(next.folder));
  });

  it('answers nobody without its secret', async () => {
    const { jest, folder } = await startRun();
    const { port } = JSON.parse(readFileSync(join(folder, 'host.json'), 'utf8')) as {
      port: number;
    };
    const response = await fetch(`http://127.0.0.1:${port}/stop`, { method: 'POST' });
    expect(response.status).toBe(401);
    jest.kill('SIGKILL');
    await until(() => !existsSync(folder));
  });
});
