import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

import { repositoryRoot } from '@entrepot/stack';

export interface ProgramRun {
  /** Not 0 when the program was killed or could not be started. */
  readonly exitCode: number;
  readonly output: string;
}

const binaries = join(repositoryRoot, 'node_modules', '.bin');

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Left out: the root of the repository. */
  readonly cwd?: string;
  /** Shows what the program prints while it runs. */
  readonly isShown?: boolean;
}

/** Runs one of the installed programs on the Node that runs us. */
export function runProgram(
  command: string,
  args: readonly string[],
  { env = {}, cwd = repositoryRoot, isShown = false }: ProgramOptions = {},
): Promise<ProgramRun> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, PATH: `${binaries}${delimiter}${process.env.PATH ?? ''}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
    if (isShown) process.stderr.write(chunk);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ exitCode: 1, output: error.message }));
    child.once('close', (code) => resolve({ exitCode: code ?? 1, output }));
  });
}

/** Runs a verb of this command line as a process of its own. */
export const runVerb = (args: readonly string[], options: ProgramOptions = {}) =>
  runProgram(
    process.execPath,
    ['--import', join(repositoryRoot, 'tools/loader.mjs'), 'tools/cli/src/main.ts', ...args],
    options,
  );
