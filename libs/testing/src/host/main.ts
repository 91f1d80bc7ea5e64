// The host of one test run: starts services when a suite first asks and ends them all, in reverse
// order, when told to or when the run's own process is gone.
import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

import { identityOf, isAlive } from '@entrepot/stack';

import { endAbandonedRuns, endRecorded, ProcessRecord } from './abandoned-runs.ts';
import { ServiceRegistry } from './service-registry.ts';

const parentPollMs = 500;
const [folder = '', parentPid = ''] = process.argv.slice(2);
const parent = identityOf(Number(parentPid));
const secret = randomBytes(24).toString('base64url');
const registry = new ServiceRegistry(folder, new ProcessRecord(folder));
let isEnding = false;

async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await registry.stopAll();
  // what a suite started itself and did not end
  endRecorded(folder);
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = decodeURIComponent(request.url ?? '');
  if (request.headers.authorization !== `Bearer ${secret}`) {
    response.writeHead(401).end();
    return;
  }
  if (path === '/stop') {
    response.writeHead(202).end();
    void end();
    return;
  }
  try {
    const description = await registry.start(path.slice('/services/'.length));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(description));
  } catch (error) {
    response.writeHead(500).end(error instanceof Error ? error.message : String(error));
  }
}

endAbandonedRuns(join(folder, '..'), folder);
// no idle connection is closed from here: a suite on a busy machine would just be sending its next request
const server = createServer(
  { keepAliveTimeout: 0 },
  (request, response) => void answer(request, response),
);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const host = { port, secret, host: identityOf(process.pid) };
  writeFileSync(join(folder, 'host.json.new'), JSON.stringify(host), { mode: 0o600 });
  renameSync(join(folder, 'host.json.new'), join(folder, 'host.json'));
});
setInterval(() => {
  if (parent === undefined || !isAlive(parent)) void end();
}, parentPollMs);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());
