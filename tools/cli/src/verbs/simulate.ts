import { availableParallelism } from 'node:os';

import {
  coverageTable,
  failureText,
  figuresLine,
  hunt,
  mutants,
  protocolOf,
  runSeed,
  simulate,
} from '@entrepot/simulator';
import { StackError } from '@entrepot/stack';
import { Command, InvalidArgumentError } from 'commander';

interface Options {
  readonly seconds: number;
  readonly workers: number;
  readonly seed?: number;
  readonly from?: number;
  readonly cells?: number;
  readonly mutant?: string;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const huntRunsMax = 20_000;
const seedsMax = 0xffff_ffff;

function wholeFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const parsed = Number(text);
    if (Number.isInteger(parsed) && parsed >= least && parsed <= most) return parsed;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}

const extraOf = ({ cells, mutant }: Options): string[] => [
  ...(cells === undefined ? [] : ['--cells', `${cells}`]),
  ...(mutant === undefined ? [] : ['--mutant', mutant]),
];
const cellsOf = ({ cells }: Options) => (cells === undefined ? {} : { cells });

async function run(options: Options): Promise<void> {
  if (options.seed !== undefined) {
    replay(options.seed, options);
    return;
  }
  if (options.mutant !== undefined) {
    findMutants(options.mutant, options);
    return;
  }
  const firstSeed = options.from ?? Math.floor(Math.random() * (seedsMax / 2));
  const { seconds, workers } = options;
  print(`seeds from ${firstSeed}, ${workers} workers, ${seconds} s`);
  const showsProgress = process.stdout.isTTY;
  const result = await simulate({
    ...{ seconds, workers, firstSeed, ...cellsOf(options) },
    onProgress: (tally, elapsed) => {
      if (showsProgress) process.stdout.write(`\r${figuresLine(tally, elapsed)} `);
    },
  });
  if (showsProgress) print('');
  print(coverageTable(result.tally));
  print(`\n${figuresLine(result.tally, result.seconds)}`);
  if (result.failure === undefined) {
    print('no violation');
    return;
  }
  process.exitCode = 1;
  print(`VIOLATION, ${failureText(result.failure, extraOf(options))}`);
}

/** One run, exactly as it was. */
function replay(seed: number, options: Options): void {
  if (options.mutant === 'all')
    throw new StackError('A seed is replayed with one bug, not with all.');
  const protocol = protocolOf(options.mutant);
  const { tally, failure } = runSeed({ seed, protocol, ...cellsOf(options) });
  if (failure === undefined) {
    print(`seed ${seed}: ${tally.events} events, no violation`);
    return;
  }
  process.exitCode = 1;
  print(`VIOLATION, ${failureText(failure, extraOf(options))}`);
}

/** A planted bug that nobody finds is a failure of the simulator. */
function findMutants(asked: string, options: Options): void {
  const chosen = mutants.filter(({ name }) => asked === 'all' || name === asked);
  for (const { name, sentence } of chosen) {
    const firstSeed = options.from ?? 1;
    const { failure, runs, events } = hunt(name, {
      ...{ firstSeed, runsMax: huntRunsMax, ...cellsOf(options) },
    });
    if (failure === undefined) {
      process.exitCode = 1;
      print(`${name}: NOT FOUND in ${runs} runs and ${events} events. ${sentence}`);
      continue;
    }
    const where = `seed ${failure.seed}, step ${failure.step}`;
    print(`${name}: found in ${runs} runs, ${where}: ${failure.message}`);
    if (asked !== 'all') {
      print(`${sentence}\n${failureText(failure, extraOf({ ...options, mutant: name }))}`);
    }
  }
}

function parseMutant(text: string): string {
  const names = mutants.map(({ name }) => name);
  if (text === 'all' || names.includes(text)) return text;
  throw new InvalidArgumentError(`Known are all, ${names.join(', ')}.`);
}

export default new Command('simulate')
  .description('run whole cells in virtual time, with faults, against all promises of the stock')
  .option('--seconds <n>', 'how long', wholeFrom(1, 86_400), 60)
  .option('--workers <n>', 'threads', wholeFrom(1, 64), availableParallelism())
  .option('--cells <n>', 'cells in each run; drawn from the seed if left out', wholeFrom(2, 4))
  .option('--from <seed>', 'the first seed; drawn by lot if left out', wholeFrom(0, seedsMax))
  .option('--seed <seed>', 'replay one run', wholeFrom(0, seedsMax))
  .option(
    '--mutant <name>',
    'plant a bug, or all one after another: each must be found',
    parseMutant,
  )
  .action(run);
