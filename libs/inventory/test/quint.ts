import { execFile } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const program = join(root, 'node_modules/@informalsystems/quint/dist/src/cli.js');
const specification = join(root, 'libs/inventory/specification/escrow.qnt');

export interface QuintAnswer {
  readonly exitCode: number;
  readonly said: string;
}

/** Runs the checker of the specification; its verdict is the exit code. */
export const quint = (verb: string, ...args: readonly string[]): Promise<QuintAnswer> =>
  new Promise((resolve) => {
    const command = [program, verb, specification, ...args];
    execFile(process.execPath, command, { cwd: root }, (error, output, complaint) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ exitCode, said: `${output}${complaint}` });
    });
  });

export interface Simulation {
  readonly main: string;
  readonly seed: number;
  /** Runs to try, each of `steps` steps. */
  readonly samples: number;
  readonly steps: number;
}

/** Simulates by the evaluator in TypeScript; the other one would have to be downloaded. */
export const simulate = (
  { main, seed, samples, steps }: Simulation,
  ...more: readonly string[]
): Promise<QuintAnswer> =>
  quint(
    'run',
    ...['--backend', 'typescript', '--main', main, '--invariant', 'safe', '--verbosity', '1'],
    ...['--seed', `${seed}`, '--max-samples', `${samples}`, '--max-steps', `${steps}`],
    ...more,
  );
