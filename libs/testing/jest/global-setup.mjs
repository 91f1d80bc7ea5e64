// Starts the host of this run's services. A process of its own: it outlives a worker that Jest
// restarts, and it ends the services itself when Jest is gone for whatever reason.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const startTimeoutMs = 30_000;

export default async function startHost() {
  // the projects of one Jest run share one host
  if (process.env.ENTREPOT_TEST_RUN) return;
  const run = `${Date.now().toString(36)}-${process.pid}`;
  const folder = join(root, '.entrepot', 'test', run);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const log = openSync(join(folder, 'host.log'), 'a', 0o600);
  const host = spawn(
    process.execPath,
    [
      '--import',
      join(root, 'tools/loader.mjs'),
      join(root, 'libs/testing/src/host/main.ts'),
      folder,
      String(process.pid),
    ],
    { cwd: root, detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  host.unref();
  const end = performance.now() + startTimeoutMs;
  while (!existsSync(join(folder, 'host.json'))) {
    if (host.exitCode !== null || performance.now() > end) {
      throw new Error(`the host of the test services did not start; see ${folder}/host.log`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  process.env.ENTREPOT_TEST_RUN = folder;
}
