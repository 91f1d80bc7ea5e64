import { globSync } from 'node:fs';
import { join } from 'node:path';

import { repositoryRoot, StackPaths } from '@entrepot/stack';

import { runJest } from './run-jest.ts';
import { runProgram, runVerb } from './run-program.ts';
import {
  oneFailed,
  onePassed,
  nothing,
  tallyOfGuards,
  tallyOfJest,
  withExitCode,
} from './tally.ts';
import type { Tally } from './tally.ts';

export interface StepResult {
  readonly tally: Tally;
  /** What to show when something failed and was not shown while it ran. */
  readonly output: string;
}

export interface TestStep {
  readonly name: string;
  readonly run: () => Promise<StepResult>;
}

/** One program, one check. */
const checkStep = (name: string, command: string, args: readonly string[]): TestStep => ({
  name,
  run: async () => {
    const { exitCode, output } = await runProgram(command, args);
    return { tally: exitCode === 0 ? onePassed : oneFailed, output };
  },
});

const guardStep: TestStep = {
  name: 'guards',
  run: async () => {
    const { exitCode, output } = await runVerb(['guards']);
    return { tally: withExitCode(tallyOfGuards(output), exitCode), output };
  },
};

async function jestStep(
  project: string,
  options: Parameters<typeof runJest>[1] = {},
): Promise<StepResult> {
  const { exitCode, report } = await runJest(project, options);
  const tally = report === undefined ? nothing : tallyOfJest(report);
  return { tally: withExitCode(tally, exitCode), output: '' };
}

/** Black-box suites meet a stack of their own, beside one that may be running for other reasons. */
async function runEndToEnd(): Promise<StepResult> {
  if (globSync('e2e/**/*.e2e.spec.ts', { cwd: repositoryRoot }).length === 0) {
    return { tally: nothing, output: '' };
  }
  const env = { ENTREPOT_HOME: join(new StackPaths().home, 'e2e') };
  const start = await runVerb(['start', '--fresh', '--detach', '--api', '2'], {
    env,
    isShown: true,
  });
  if (start.exitCode !== 0) return { tally: oneFailed, output: start.output };
  try {
    // one after another: suites share the stack, and some of them kill parts of it
    return await jestStep('e2e', { env, args: ['--runInBand'] });
  } finally {
    await runVerb(['stop'], { env });
  }
}

/** Everything a change must pass, the quick checks first. */
export const testSteps: readonly TestStep[] = [
  checkStep('format', 'prettier', ['--check', '--log-level', 'warn', '.']),
  checkStep('lint', 'eslint', ['.']),
  checkStep('types', 'tsc', ['-p', 'tsconfig.json']),
  guardStep,
  { name: 'unit', run: () => jestStep('unit') },
  { name: 'integration', run: () => jestStep('integration') },
  { name: 'e2e', run: runEndToEnd },
];
