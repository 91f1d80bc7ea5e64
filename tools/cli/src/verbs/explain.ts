import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import {
  explainUnits,
  pictureOf,
  readChannels,
  readUnits,
  storyOf,
  summaryOf,
} from '@entrepot/audit';
import type { CellLook, UnitsSummary } from '@entrepot/audit';
import { requireRunning, StackPaths } from '@entrepot/stack';
import { Command, InvalidArgumentError } from 'commander';

import { auditorUrl } from '../auditor-login.ts';
import { runningCell } from '../running-cell.ts';

const newestDefault = 12;
const newestMax = 100_000;
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const paths = new StackPaths();

interface Options {
  readonly cell?: string;
  readonly newest: number;
  readonly json: boolean;
}

/** What the process that reads a cell tells the one that joins. */
type Report = UnitsSummary | Extract<CellLook, { units: UnitsSummary }>['again'];

function parseSku(text: string): string {
  if (/^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError('An SKU is of at most 64 letters, digits, dots, dashes.');
}

function parseNewest(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= newestMax) return count;
  throw new InvalidArgumentError(`Give a whole number from 1 to ${newestMax}.`);
}

/** One cell, by its own login. Under a joining process it tells totals, waits, and tells its channels again. */
async function explainInCell(sku: string, cell: string, options: Options): Promise<void> {
  const url = auditorUrl(runningCell(paths, cell));
  const units = await readUnits(url, { cell, sku, newest: options.newest });
  if (process.send === undefined) {
    if (options.json) print(JSON.stringify(units, undefined, 2));
    else for (const line of storyOf(units)) print(line);
    return;
  }
  process.send(summaryOf(units));
  await once(process, 'message');
  process.send(await readChannels(url, sku));
  if (!options.json) for (const line of storyOf(units)) print(line);
  process.disconnect();
}

interface Reader {
  readonly cell: string;
  readonly child: ChildProcess;
  readonly first: Promise<Report | undefined>;
}

/** The next thing that a reader tells; undefined where it ends without. */
async function nextOf(child: ChildProcess): Promise<Report | undefined> {
  const [told] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[];
  return typeof told === 'object' && told !== null ? (told as Report) : undefined;
}

/** Each cell is read by a process of its own, which has that cell's login and no other. */
function readApart(sku: string, cell: string, { newest, json }: Options): Reader {
  const args = ['explain', 'unit', sku, '--cell', cell, '--newest', `${newest}`];
  const child = fork(process.argv[1] ?? '', [...args, ...(json ? ['--json'] : [])], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return { cell, child, first: nextOf(child) };
}

/** One after another, so that what the cells print does not mix. */
async function lookAgain(reader: Reader, first: Report | undefined): Promise<CellLook> {
  const { cell, child } = reader;
  const unknown = 'It did not answer its auditor.';
  if (first === undefined || !('pools' in first)) return { cell, unknown };
  child.send('again');
  const again = await nextOf(child);
  if (child.exitCode === null) await once(child, 'exit');
  return again === undefined || 'pools' in again
    ? { cell, unknown }
    : { cell, units: first, again };
}

async function explainUnit(sku: string, options: Options): Promise<void> {
  if (options.cell !== undefined) {
    await explainInCell(sku, options.cell, options);
    return;
  }
  const { cells } = requireRunning(paths);
  const readers = cells.map(({ id }) => readApart(sku, id, options));
  // no cell is looked at again before all have been looked at once
  const first = await Promise.all(readers.map((reader) => reader.first));
  const looks: CellLook[] = [];
  for (const [at, reader] of readers.entries()) looks.push(await lookAgain(reader, first[at]));
  const explained = explainUnits(sku, looks);
  if (options.json) print(JSON.stringify(explained, undefined, 2));
  else for (const line of pictureOf(explained, Date.now())) print(line);
  const isWhole = explained.unknown.length === 0 && explained.pools.length > 0;
  if (!isWhole || explained.pools.some(({ breaches }) => breaches.length > 0)) process.exitCode = 1;
}

export default new Command('explain')
  .description('say where something is, and why')
  .addCommand(
    new Command('unit')
      .description(
        'where every unit of an article is, from the journals of all cells, and whether the books agree',
      )
      .argument('<sku>', 'the article', parseSku)
      .option('--cell <id>', 'only what this cell knows, with its orders')
      .option('--newest <n>', 'movements and orders shown of each pool', parseNewest, newestDefault)
      .option('--json', 'the same for programs; orders only with --cell', false)
      .action(explainUnit),
  );
