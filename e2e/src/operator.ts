import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { repositoryRoot } from '@entrepot/stack';

/** Runs a verb as an operator would, on the stack that the suites share; answers all it printed. */
export async function entrepot(
  ...args: readonly string[]
): Promise<{ code: number; output: string }> {
  const child = spawn(
    process.execPath,
    ['--import', join(repositoryRoot, 'tools/loader.mjs'), 'tools/cli/src/main.ts', ...args],
    { cwd: repositoryRoot, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const code = await new Promise<number>((resolve) =>
    child.once('close', (status) => resolve(status ?? 1)),
  );
  return { code, output };
}

/** The same, where anything but success is an error that tells what was printed. */
export async function must(...args: readonly string[]): Promise<string> {
  const { code, output } = await entrepot(...args);
  if (code !== 0) throw new Error(`entrepot ${args.join(' ')} failed:\n${output}`);
  return output;
}
