import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { compareWorlds, controlLeaks, worldNames } from '@entrepot/residency';
import type { WorldComparison, WorldName, WorldTraffic } from '@entrepot/residency';
import { StackError, StackPaths } from '@entrepot/stack';
import { Argument, Command, InvalidArgumentError } from 'commander';

import { liveWorld } from '../residency/live-world.ts';
import { purchasesOf } from '../residency/purchases.ts';
import type { DayChoice } from '../residency/purchases.ts';
import { runVerb } from '../test/run-program.ts';

const seedDefault = 1;
const ordersDefault = 24;
const ordersMax = 1_000;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

function whole(text: string): number {
  const parsed = Number(text);
  if (Number.isInteger(parsed) && parsed >= 1 && parsed <= ordersMax) return parsed;
  throw new InvalidArgumentError(`Give a whole number from 1 to ${ordersMax}.`);
}

/** Each world has cells of its own, one world after the other, beside a stack that may be running. */
async function bothWorlds(choice: DayChoice): Promise<void> {
  const folder = join(new StackPaths().home, 'two-worlds');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const world of worldNames) {
    const args = ['two-worlds', world, ...argumentsOf(choice)];
    const env = { ENTREPOT_HOME: folder };
    const { exitCode } = await runVerb(args, { env, isShown: true });
    if (exitCode !== 0) throw new StackError(`The ${world} world did not come to its end.`);
  }
  const [first = [], second = []] = worldNames.map(
    (world) => JSON.parse(readFileSync(join(folder, `${world}.json`), 'utf8')) as WorldTraffic,
  );
  const comparison = compareWorlds(first, second);
  show(comparison);
  const isFound = controlsAreFound(second);
  if (!isFound || comparison.differences.length > 0) process.exitCode = 1;
}

const argumentsOf = ({ seed, orders, data, day }: DayChoice): string[] => [
  ...['--seed', String(seed), '--orders', String(orders), '--day', day],
  ...(data === undefined ? [] : ['--data', data]),
];

/** A comparison that sees nothing would find no difference either: each control alone must make the worlds differ. */
function controlsAreFound(traffic: WorldTraffic): boolean {
  const missed = controlLeaks(traffic).filter(
    ({ traffic: leaking }) =>
      leaking === undefined || compareWorlds(traffic, leaking).differences.length === 0,
  );
  for (const { name } of missed) print(`MISSED the control leak by ${name}`);
  if (missed.length === 0) print('Each control leak made the worlds differ.');
  return missed.length === 0;
}

async function oneWorld(world: WorldName, choice: DayChoice): Promise<void> {
  const paths = new StackPaths();
  const into = join(paths.home, `${world}.json`);
  const { confirmed, refused } = await liveWorld({
    ...{ paths, world, seed: choice.seed, into, tell: print },
    purchasesOf: (skus) => purchasesOf(choice, skus),
  });
  const codes = Object.entries(refused).map(([code, count]) => `${count} ${code}`);
  print(
    `The ${world} world: ${confirmed} orders confirmed${codes.map((of) => `, ${of}`).join('')}`,
  );
}

function show({ messages, bytes, places, differences }: WorldComparison): void {
  print(`${messages.join(' and ')} messages crossed, ${bytes.join(' and ')} bytes:`);
  for (const place of places) print(`  ${place}`);
  for (const { place, onlyInFirst, onlyInSecond } of differences) {
    print(
      `DIFFERENT ${place}: ${onlyInFirst.length} only in the first, ${onlyInSecond.length} only in the second`,
    );
  }
  print(
    differences.length === 0
      ? 'After the listed nonces the two worlds are the same to the byte.'
      : 'The worlds differ: what crosses depends on who the people are.',
  );
}

export default new Command('two-worlds')
  .description('live one day twice with other people, and compare what crosses the border')
  .addArgument(
    new Argument('[world]', 'only this world, in the cells of this home').choices(worldNames),
  )
  .option('--seed <number>', 'decides what is bought', whole, seedDefault)
  .option('--orders <count>', 'orders of the day, at most', whole, ordersDefault)
  .option('--data <folder>', 'the data set whose invoices decide what is bought')
  .option('--day <date>', 'the day of the data set', '2010-12-01')
  .action((world: WorldName | undefined, options: DayChoice) =>
    world === undefined ? bothWorlds(options) : oneWorld(world, options),
  );
