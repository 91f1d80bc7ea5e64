import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { measureRewrap, rewrapLine, SmokeBench, tableOf, wholeBenchmark } from '@entrepot/bench';
import { requireRunning, StackPaths } from '@entrepot/stack';
import { Command, InvalidArgumentError } from 'commander';

import { runInventoryBench, stockPartNames } from '../inventory-bench.ts';
import type { InventoryBenchOptions } from '../inventory-bench.ts';
import { measuredCell, prepareBenchmark } from '../measured-cell.ts';
import { partNames, runPrivacyBench } from '../privacy-bench.ts';
import type { PrivacyBenchOptions } from '../privacy-bench.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const paths = new StackPaths();

interface Options {
  readonly seconds: number;
  readonly json: string;
  readonly cell?: string;
}

function wholeUpTo(max: number, min = 1): (text: string) => number {
  return (text) => {
    const parsed = Number(text);
    if (Number.isInteger(parsed) && parsed >= min && parsed <= max) return parsed;
    throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  };
}
const seconds = wholeUpTo(600);
const people = wholeUpTo(10_000);

async function smoke({ seconds: perRound, json, cell }: Options): Promise<void> {
  const description = requireRunning(paths);
  const target = measuredCell(description, cell);
  await prepareBenchmark(description, target, { extent: wholeBenchmark, print });
  const report = await new SmokeBench(target, perRound, print).run();
  print(`\n${tableOf(report)}\n`);
  write(json, report);
}

function write(json: string, report: object): void {
  mkdirSync(dirname(json), { recursive: true });
  writeFileSync(json, `${JSON.stringify(report, undefined, 2)}\n`);
  print(`JSON: ${json}`);
}

const smokeCommand = new Command('smoke')
  .description('lists, details, checkouts, one hot SKU and memory, each beside a baseline')
  .option('--seconds <n>', 'length of a round; each figure is the median of three', seconds, 10)
  .option('--cell <id>', 'the cell to measure; the first of the stack if left out')
  .option('--json <file>', 'where the report goes', join(paths.home, 'bench', 'smoke.json'))
  .action(smoke);

const rewrapKeys = 20_000;
const rewrapCommand = new Command('rewrap')
  .description('moving keys to another epoch on one core, beside AES alone; needs no stack')
  .action(() => print(rewrapLine(measureRewrap(rewrapKeys))));

function partOf(names: readonly string[]) {
  return (name: string, before: readonly string[] = []): readonly string[] => {
    if (names.includes(name)) return [...before, name];
    throw new InvalidArgumentError(`Known are ${names.join(', ')}.`);
  };
}

const privacyCommand = new Command('privacy')
  .description('what privacy costs, each beside a baseline of the same run')
  .option('--only <part>', `one of ${partNames.join(', ')}; may be given again`, partOf(partNames))
  .option('--seconds <n>', 'length of a round of reads or checkouts', seconds, 10)
  .option('--erasures <n>', 'people to erase beside checkouts', people, 1_000)
  .option('--shoppers <n>', 'people whose KMS calls are counted', people, 1_000)
  .option('--cell <id>', 'the cell to measure; the first of the stack if left out')
  .option('--json <file>', 'where the report goes', join(paths.home, 'bench', 'privacy.json'))
  .action(async (options: PrivacyBenchOptions & { readonly json: string }) => {
    write(options.json, await runPrivacyBench(paths, options, print));
  });

const inventoryCommand = new Command('inventory')
  .description('how fast stock is held, sold and refused, each beside a baseline of the same run')
  .option(
    '--only <part>',
    `one of ${stockPartNames.join(', ')}; may be given again; all but the soak if left out`,
    partOf(stockPartNames),
  )
  .option('--seconds <n>', 'length of a round; each figure is the median of five', seconds, 5)
  .option(
    '--standby-ms <n>',
    'how much later the word of the synchronous standby comes, as from another zone of the region',
    wholeUpTo(1_000, 0),
    1,
  )
  .option('--minutes <n>', 'length of the soak', wholeUpTo(1_440), 30)
  .option('--cell <id>', 'the cell whose orders are measured; the first of the stack if left out')
  .option('--json <file>', 'where the report goes', join(paths.home, 'bench', 'inventory.json'))
  .action(async (options: InventoryBenchOptions & { readonly json: string }) => {
    write(options.json, await runInventoryBench(paths, options, print));
  });

export default new Command('bench')
  .description('measure the running stack; nothing else should be at work')
  .addCommand(smokeCommand)
  .addCommand(rewrapCommand)
  .addCommand(privacyCommand)
  .addCommand(inventoryCommand);
