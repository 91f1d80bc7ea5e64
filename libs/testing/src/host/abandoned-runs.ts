import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { isAlive, signalProcess } from '@entrepot/stack';
import type { ProcessIdentity } from '@entrepot/stack';

const fileName = 'processes.jsonl';

/** The processes a run has started, on disk, so that a later run can end them if nobody else did. */
export class ProcessRecord {
  constructor(private readonly folder: string) {}

  add(identity: ProcessIdentity): void {
    appendFileSync(join(this.folder, fileName), `${JSON.stringify(identity)}\n`, { mode: 0o600 });
  }
}

function readHost(folder: string): ProcessIdentity | undefined {
  const file = join(folder, 'host.json');
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { host: ProcessIdentity }).host;
}

function readRecorded(folder: string): ProcessIdentity[] {
  const file = join(folder, fileName);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as ProcessIdentity);
}

/** Kills the recorded processes of a run that still live. */
export function endRecorded(folder: string): void {
  for (const identity of readRecorded(folder)) signalProcess(identity, 'SIGKILL');
}

/** Ends what earlier runs left because their host was killed, and removes their folders. */
export function endAbandonedRuns(parentFolder: string, ownFolder: string): void {
  for (const name of readdirSync(parentFolder)) {
    const folder = join(parentFolder, name);
    if (folder === ownFolder) continue;
    const host = readHost(folder);
    // a run that is just starting has no host.json yet, but its Jest process is alive
    const jest = Number(name.split('-').at(-1));
    const isAbandoned = host === undefined ? !existsSync(`/proc/${jest}`) : !isAlive(host);
    if (!isAbandoned) continue;
    endRecorded(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}
