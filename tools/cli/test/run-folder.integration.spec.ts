import { identityOf, isAlive, repositoryRoot, signalProcess, waitForEnd } from '@entrepot/stack';
import type { ProcessIdentity } from '@entrepot/stack';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withRunFolder } from '../src/verification/run-folder.ts';

const limitMs = 60_000;
const program = `
  import { startPostgres } from '@entrepot/stack';
  import { withRunFolder } from '${repositoryRoot}/tools/cli/src/verification/run-folder.ts';
  await withRunFolder(process.env.RUNS, async (folder) => {
    const options = { name: 'restored shop', superuser: 'somebody', access: [] };
    await startPostgres({ ...options, folder: folder + '/restored/shop' });
    process.stdout.write(folder);
    await new Promise((resolve) => setTimeout(resolve, ${limitMs}));
  });
`;
let home: string;
const servers: ProcessIdentity[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'runs-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    if (signalProcess(server, 'SIGQUIT')) await waitForEnd(server, 5_000);
  }
  rmSync(home, { recursive: true });
});

/** A run in a process of its own, with a server on its folder. */
async function startRun() {
  const loader = ['--import', './tools/loader.mjs', '--input-type=module', '--eval', program];
  const child = spawn(process.execPath, loader, {
    ...{ cwd: repositoryRoot, stdio: ['ignore', 'pipe', 'inherit'] },
    env: { ...process.env, NODE_OPTIONS: '', RUNS: home },
  });
  const ended = once(child, 'exit');
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const folder = said.toString();
  const pidFile = join(folder, 'restored', 'shop', 'data', 'postmaster.pid');
  const server = identityOf(Number(readFileSync(pidFile, 'utf8').split('\n')[0]));
  if (server === undefined) throw new Error('no server runs');
  servers.push(server);
  return { child, ended, folder, server };
}

describe('the folder of a run', () => {
  it('is one of its own, and goes when the work ends and when it fails', async () => {
    const folders = await Promise.all(
      [1, 2].map(() =>
        withRunFolder(home, (folder) => {
          expect(existsSync(folder)).toBe(true);
          return Promise.resolve(folder);
        }),
      ),
    );
    expect(new Set(folders).size).toBe(2);
    await expect(withRunFolder(home, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(readdirSync(home)).toEqual([]);
    expect(process.listenerCount('SIGTERM')).toBe(0);
  });

  it('is left alone by others for as long as its run lives', async () => {
    await withRunFolder(home, async (folder) => {
      mkdirSync(join(home, 'in-1', 'restored'), { recursive: true });
      mkdirSync(join(home, '4000000.dead%2F1.00000000', 'bundle'), { recursive: true });
      await withRunFolder(home, (other) => {
        expect(new Set(readdirSync(home).map((name) => join(home, name)))).toEqual(
          new Set([folder, other]),
        );
        return Promise.resolve();
      });
      expect(existsSync(folder)).toBe(true);
    });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'goes on %s with the servers on it',
    async (signal, code) => {
      const { child, ended, server } = await startRun();
      child.kill(signal);
      child.kill(signal);
      expect(await ended).toEqual([code, null]);
      expect(readdirSync(home)).toEqual([]);
      expect(isAlive(server)).toBe(false);
    },
    limitMs,
  );

  it(
    'goes with the servers on it at the start of the next run where its own was killed',
    async () => {
      const { child, ended, folder, server } = await startRun();
      child.kill('SIGKILL');
      await ended;
      expect(existsSync(folder)).toBe(true);
      await withRunFolder(home, () => {
        expect(existsSync(folder)).toBe(false);
        expect(isAlive(server)).toBe(false);
        return Promise.resolve();
      });
    },
    limitMs,
  );
});
