import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { identityOf } from '@entrepot/stack';

function runFolder(): string {
  const folder = process.env['ENTREPOT_TEST_RUN'];
  if (folder === undefined) {
    throw new Error('real services are for *.integration.spec.ts and *.e2e.spec.ts files');
  }
  return folder;
}

/** A folder of the suite's own that goes with the run. */
export function testFolder(name: string): string {
  const folder = join(runFolder(), `${name}-${crypto.randomUUID().slice(0, 8)}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Has a process that a suite started itself ended with the run, should the suite not get to it. */
export function recordTestProcess({ pid }: { readonly pid: number }): void {
  const identity = identityOf(pid);
  if (identity === undefined) return;
  const line = `${JSON.stringify(identity)}\n`;
  appendFileSync(join(runFolder(), 'processes.jsonl'), line, { mode: 0o600 });
}
