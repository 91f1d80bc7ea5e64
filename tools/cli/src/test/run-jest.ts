import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runProgram } from './run-program.ts';
import type { ProgramOptions } from './run-program.ts';

/** Jest must be able to load ECMAScript modules, which Node still calls experimental. */
const nodeOptions = '--experimental-vm-modules --disable-warning=ExperimentalWarning';

export interface JestRun {
  readonly exitCode: number;
  /** Jest's own report as JSON; undefined where it did not get to write one. */
  readonly report: string | undefined;
}

/** Runs one project of the Jest configuration; `args` come last, so that they may name files. */
export async function runJest(
  project: string,
  {
    args = [],
    isShown = true,
    ...options
  }: { readonly args?: readonly string[] } & ProgramOptions = {},
): Promise<JestRun> {
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-jest-'));
  const file = join(folder, 'report.json');
  try {
    const { exitCode } = await runProgram(
      'jest',
      [
        ...['--selectProjects', project, '--passWithNoTests', '--json', '--outputFile', file],
        ...args,
      ],
      {
        ...options,
        env: { ...options.env, NODE_OPTIONS: nodeOptions },
        isShown,
      },
    );
    return { exitCode, report: existsSync(file) ? readFileSync(file, 'utf8') : undefined };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
