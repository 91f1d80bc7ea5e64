import { guardTrials, reducerFiles, reducerTrials, scoreOf } from '@entrepot/mutation';
import type { Trial } from '@entrepot/mutation';
import { StackError } from '@entrepot/stack';
import { Command, InvalidArgumentError, Option } from 'commander';

const parts = ['reducer', 'guards'] as const;
type Part = (typeof parts)[number];

/** Percent, below which the verb fails. */
const leastPercent: Readonly<Record<Part, number>> = { reducer: 90, guards: 100 };
/** Ends in some minutes on two cores. */
const sampledShare: Readonly<Record<Part, number>> = { reducer: 0.12, guards: 0.25 };
const seedsMax = 0x7fff_ffff;
const textShownMax = 100;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface Options {
  readonly only?: Part;
  readonly file?: readonly string[];
  readonly all: boolean;
  readonly seed?: number;
}

function parseSeed(text: string): number {
  const parsed = Number(text);
  if (Number.isInteger(parsed) && parsed >= 0 && parsed <= seedsMax) return parsed;
  throw new InvalidArgumentError(`Give a whole number from 0 to ${seedsMax}.`);
}

const inOneLine = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > textShownMax ? `${line.slice(0, textShownMax)}…` : line;
};
const describeTrial = ({ place, change }: Trial): string => `${place}  ${inOneLine(change)}`;

const trialsOf: Readonly<
  Record<Part, (options: Options, seed: number) => Promise<readonly Trial[]>>
> = {
  reducer: ({ file, all }, seed) =>
    reducerTrials(file ?? reducerFiles, { seed, share: all ? 1 : sampledShare.reducer }),
  guards: ({ all }, seed) =>
    guardTrials({ seed, share: all ? 1 : sampledShare.guards }, (trial) =>
      print(`${trial.isFound ? 'found' : 'SURVIVED'}  ${describeTrial(trial)}`),
    ),
};

async function mutate(options: Options): Promise<void> {
  if (options.only === 'guards' && options.file !== undefined) {
    throw new StackError('The files are those of the reducer: leave out --only guards.');
  }
  const seed = options.seed ?? Math.floor(Math.random() * seedsMax);
  const chosen = options.only ?? (options.file === undefined ? undefined : 'reducer');
  for (const part of parts.filter((of) => chosen === undefined || of === chosen)) {
    const { tried, found, percent, survivors } = scoreOf(await trialsOf[part](options, seed));
    for (const trial of survivors) print(`survived  ${describeTrial(trial)}`);
    const replay = options.all ? '--all' : '';
    print(`${part}: ${found} of ${tried} changes found, ${percent} % (seed ${seed} ${replay})`);
    if (percent < leastPercent[part]) {
      print(`${part}: at least ${leastPercent[part]} % are to be found.`);
      process.exitCode = 1;
    }
  }
}

export default new Command('mutate')
  .description(
    'change the rules and guards of stock in one place at a time, and count which changes a spec finds',
  )
  .addOption(new Option('--only <part>', 'only these').choices(parts))
  .addOption(
    new Option('--file <names...>', 'only these files of the reducer').choices(reducerFiles),
  )
  .option('--all', 'every change, in place of a sample', false)
  .option('--seed <n>', 'which sample, and the seed of property specs', parseSeed)
  .action(mutate);
