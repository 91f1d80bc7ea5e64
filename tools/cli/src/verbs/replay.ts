import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  CellBooks,
  chaosKinds,
  DataMissingError,
  onlineRetailFile,
  replayOnlineRetail,
  tableOf,
} from '@entrepot/replay';
import type { ChaosKind, ReplayOrder, ReplayStack, ReplaySummary } from '@entrepot/replay';
import { requireRunning, SecretStore, StackError, StackPaths } from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';
import { Command, InvalidArgumentError, Option } from 'commander';

import { StackFaults } from '../stack-faults.ts';
import {
  auditStack,
  defaultAuditFolder,
  defaultCells,
  defaultHistory,
  joinSummaries,
} from './audit.ts';
import { leaderCatalogUrl } from './seed.ts';

const concurrencyMax = 256;
const barWidth = 30;
const linesEveryPercent = 10;
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const paths = new StackPaths();

interface Options {
  readonly data: string;
  readonly from: string;
  readonly to: string;
  readonly stockShort: number;
  readonly concurrency: number;
  readonly chaos: readonly ChaosKind[];
  readonly json: string;
  readonly audit: boolean;
}

function whole(from: number, to: number): (text: string) => number {
  return (text) => {
    const parsed = Number(text);
    if (Number.isInteger(parsed) && parsed >= from && parsed <= to) return parsed;
    throw new InvalidArgumentError(`Give a whole number from ${from} to ${to}.`);
  };
}

function day(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new InvalidArgumentError('Give a day as 2010-12-01.');
}

function kinds(text: string): readonly ChaosKind[] {
  if (text === 'all') return chaosKinds;
  return text.split(',').map((name) => {
    const kind = chaosKinds.find((known) => known === name.trim());
    if (kind !== undefined) return kind;
    throw new InvalidArgumentError(`Known: all, ${chaosKinds.join(', ')}.`);
  });
}

function shopUrl({ secrets, databasePorts }: DescribedCell, role: string): string {
  const password = new SecretStore(secrets).read(join('postgres', role));
  return `postgresql://${role}:${password}@127.0.0.1:${databasePorts['shop'] ?? 0}/shop`;
}

function openStack(): ReplayStack {
  const { cells, cellsFile } = requireRunning(paths);
  return {
    homes: cells.map(({ id, origin }) => ({ cell: id, origin })),
    cellsFile,
    leaderCatalogUrl: leaderCatalogUrl(),
    workerUrlOf: (id) => {
      const cell = cells.find((of) => of.id === id);
      if (cell === undefined) throw new StackError(`There is no cell ${id} in this stack.`);
      return shopUrl(cell, 'shop_worker');
    },
    books: cells.map((cell) => new CellBooks(cell.id, shopUrl(cell, 'shop_audit'))),
    apiProcesses: Math.min(...cells.map(({ apiOrigins }) => apiOrigins.length)),
    faults: new StackFaults(),
    historyFile: defaultHistory,
  };
}

/** One line that moves on a terminal; a line each tenth elsewhere. */
function progressBar(): (stage: string, done: number, of: number) => void {
  let shown = '';
  return (stage, done, of) => {
    const percent = Math.floor((done * 100) / of);
    if (!process.stdout.isTTY) {
      const line = `${stage}: ${percent - (percent % linesEveryPercent)} %`;
      if (line !== shown) print(line);
      shown = line;
      return;
    }
    const filled = Math.round((percent * barWidth) / 100);
    const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
    const end = done === of ? '\n' : '';
    process.stdout.write(`\r${stage.padEnd(22)} ${bar} ${done}/${of} ${percent} %${end}`);
  };
}

function requireData(folder: string): void {
  try {
    onlineRetailFile(folder);
  } catch (error) {
    throw error instanceof DataMissingError ? new StackError(error.message) : error;
  }
}

async function replay(options: Options): Promise<void> {
  const { data, from, to, stockShort, concurrency, chaos } = options;
  if (from > to) throw new StackError('--from must not be after --to.');
  requireData(data);
  const stack = openStack();
  const order: ReplayOrder = {
    dataFolder: data,
    from,
    to,
    stockShortPercent: stockShort,
    concurrency,
    chaos,
  };
  const { summary, chart, orders } = await replayOnlineRetail(order, stack, progressBar());
  await Promise.all(stack.books.map((of) => of.close()));
  const falseRefusals = options.audit ? await auditAfterwards() : undefined;
  const whole: ReplaySummary = { ...summary, falseRefusals };
  print(`\n${tableOf(whole)}\n`);
  mkdirSync(join(options.json, '..'), { recursive: true });
  writeFileSync(options.json, `${JSON.stringify(whole, undefined, 2)}\n`);
  const chartFile = options.json.replace(/(\.json)?$/, '.svg');
  writeFileSync(chartFile, chart);
  print(`Summary: ${options.json}\nChart:   ${chartFile}`);
  const bad = orders.filter(({ end }) => end === 'failed' || end === 'open');
  for (const { invoice, cell, orderId, end, code } of bad.slice(0, 20)) {
    print(`  ${end}  invoice ${invoice}  ${cell}  ${orderId ?? 'no order'}  ${code ?? ''}`);
  }
  if (bad.length > 0 || (falseRefusals ?? 0) > 0) process.exitCode = 1;
}

async function auditAfterwards(): Promise<number> {
  print('');
  const options = { out: defaultAuditFolder, history: defaultHistory, cells: defaultCells };
  if (!(await auditStack(options))) process.exitCode = 1;
  return joinSummaries(options).falseRefusals;
}

const onlineRetail = new Command('online-retail')
  .description('the orders of a real shop (UCI Online Retail), as its customers would place them')
  .addOption(
    new Option('--data <folder>', 'the folder that holds online-retail/')
      .env('ENTREPOT_DATA')
      .makeOptionMandatory(),
  )
  .requiredOption('--from <day>', 'first day, such as 2010-12-01', day)
  .requiredOption('--to <day>', 'last day', day)
  .option(
    '--stock-short <percent>',
    'give each article that much less than is asked',
    whole(0, 99),
    0,
  )
  .option('--concurrency <n>', 'orders under way at a time', whole(1, concurrencyMax), 8)
  .option(
    '--chaos <kinds>',
    `what to break meanwhile: all, or some of ${chaosKinds.join(', ')}`,
    kinds,
    [],
  )
  .option('--json <file>', 'where the summary goes', join(paths.replay, 'summary.json'))
  .option('--no-audit', 'do not audit at the end')
  .action(replay);

export default new Command('replay')
  .description('replay real orders against the running stack')
  .addCommand(onlineRetail);
