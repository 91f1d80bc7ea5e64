import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import {
  benchmarkProducts,
  benchmarkVariants,
  detailPath,
  measureRewrap,
  rewrapLine,
  ShopCounters,
  skuOf,
  SmokeBench,
  tableOf,
} from '@entrepot/bench';
import type { MeasuredCell } from '@entrepot/bench';
import { seedBenchmark } from '@entrepot/catalog/seed';
import type { CellId } from '@entrepot/kernel';
import { CellDirectory } from '@entrepot/platform-config';
import { CatalogDatabase } from '@entrepot/platform-database';
import type { StackDescription } from '@entrepot/stack';
import { requireRunning, StackError, StackPaths } from '@entrepot/stack';
import { Command, InvalidArgumentError } from 'commander';

import { orderAtProvider } from '../stack-faults.ts';
import { seedStock, shopUrl } from '../stock-seeding.ts';
import { leaderCatalogUrl } from './seed.ts';

const unitsPerSku = 2_000;
const arrivalSecondsMax = 300;
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const paths = new StackPaths();

interface Options {
  readonly seconds: number;
  readonly json: string;
  readonly cell?: string;
}

function seconds(text: string): number {
  const parsed = Number(text);
  if (Number.isInteger(parsed) && parsed >= 1 && parsed <= 600) return parsed;
  throw new InvalidArgumentError('Give a whole number from 1 to 600.');
}

function targetOf(description: StackDescription, wanted: string | undefined): MeasuredCell {
  const cell = description.cells.find(({ id }) => wanted === undefined || id === wanted);
  if (cell === undefined) throw new StackError(`There is no cell ${wanted ?? ''} in this stack.`);
  const directory = CellDirectory.fromFile(description.cellsFile);
  const [country] = directory.cells.find(({ id }) => id === cell.id)?.countries ?? [];
  if (country === undefined) throw new StackError(`Nobody is at home in ${cell.id}.`);
  return {
    cell: cell.id as CellId,
    // asked on loopback directly: not every resolver knows `*.localhost`
    url: `http://127.0.0.1:${new URL(cell.origin).port}`,
    country,
    approveAtOnce: (isOn) => orderAtProvider(description, isOn && { kind: 'no_action', share: 1 }),
    shopUrl: (role) => shopUrl(description, cell.id, role),
    supervisorPid: description.supervisorPid,
  };
}

/** Products, and stock of every variant in every cell; what is there already is left alone. */
async function prepare(description: StackDescription, target: MeasuredCell): Promise<void> {
  print('Benchmark catalog and stock …');
  const catalog = new CatalogDatabase({
    url: leaderCatalogUrl(),
    connectionsMax: 2,
    applicationName: 'bench',
  });
  try {
    const size = { products: benchmarkProducts, variants: benchmarkVariants };
    await seedBenchmark(catalog, size, () => undefined);
  } finally {
    await catalog.close();
  }
  const deliveries = Array.from({ length: benchmarkVariants }, (_, n) => ({
    ...skuOf(n),
    quantity: unitsPerSku,
  }));
  await seedStock(description, 'benchmark', deliveries);
  await arrival(target);
}

/** The catalog follows its leader and shares of stock travel; neither is there at once. */
async function arrival({ url, shopUrl: urlOf }: MeasuredCell): Promise<void> {
  const counters = new ShopCounters(urlOf('shop_audit'));
  const last = `${url}${detailPath(benchmarkProducts - 1)}`;
  try {
    for (let waited = 0; waited < arrivalSecondsMax; waited += 1) {
      const isShown = (await fetch(last)).ok;
      if (isShown && (await counters.poolsWithStock()) >= benchmarkVariants) return;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    throw new StackError(`The benchmark’s stock did not arrive in ${arrivalSecondsMax} s.`);
  } finally {
    await counters.close();
  }
}

async function smoke({ seconds: perRound, json, cell }: Options): Promise<void> {
  const description = requireRunning(paths);
  const target = targetOf(description, cell);
  await prepare(description, target);
  const report = await new SmokeBench(target, perRound, print).run();
  print(`\n${tableOf(report)}\n`);
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

export default new Command('bench')
  .description('measure the running stack; nothing else should be at work')
  .addCommand(smokeCommand)
  .addCommand(rewrapCommand);
