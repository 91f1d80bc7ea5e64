import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import {
  auditCell,
  auditWorld,
  readHistory,
  readLevels,
  readProviderBooks,
  readShop,
  readSteps,
  readSummaries,
  stepsFor,
  writeSealed,
} from '@entrepot/audit';
import type { Breach, CellSummary, WorldAudit } from '@entrepot/audit';
import { requireDescription, SecretStore, StackError, StackPaths } from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';
import { Command, Option } from 'commander';

const rowsPrintedMax = 50;
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const paths = new StackPaths();

interface Options {
  readonly cell?: string;
  readonly join?: boolean;
  readonly steps?: boolean;
  readonly out: string;
  readonly history: string;
}

function findCell(id: string): DescribedCell {
  const { cells } = requireDescription(paths.description);
  const cell = cells.find((of) => of.id === id);
  if (cell !== undefined) return cell;
  throw new StackError(`There is no cell ${id}; running: ${cells.map((of) => of.id).join(', ')}.`);
}

/** The auditor's own login: no personal column, no other cell. */
function auditorUrl({ secrets, databasePorts }: DescribedCell): string {
  const password = new SecretStore(secrets).read(join('postgres', 'shop_audit'));
  return `postgresql://shop_audit:${password}@127.0.0.1:${databasePorts['shop'] ?? 0}/shop`;
}

function printBreaches(breaches: readonly Breach[]): void {
  for (const { code, row } of breaches.slice(0, rowsPrintedMax)) {
    print(`  ${code}  ${JSON.stringify(row)}`);
  }
  const hidden = breaches.length - rowsPrintedMax;
  if (hidden > 0) print(`  … and ${hidden} more`);
  if (breaches.length > 0) process.exitCode = 1;
}

async function summarizeCell(id: string, { out, history }: Options): Promise<void> {
  const { pspOrigin, pspAdminSecretFile } = requireDescription(paths.description);
  const secret = readFileSync(pspAdminSecretFile, 'utf8');
  const { summary, breaches } = auditCell(
    {
      cell: id,
      shop: await readShop(auditorUrl(findCell(id)), id),
      provider: await readProviderBooks({ origin: pspOrigin, secret, account: id }),
      history: readHistory(history),
    },
    new Date(),
  );
  writeSealed(out, summary);
  print(describe(summary));
  printBreaches(breaches);
}

function describe({ cell, ordersByStatus, unitsOrdered, ...summary }: CellSummary): string {
  const orders = Object.entries(ordersByStatus).map(([status, count]) => `${count} ${status}`);
  const money = Object.entries(summary.capturedMinor).map(([of, minor]) => `${minor} ${of}`);
  return [
    `${cell}: orders ${orders.join(', ') || 'none'}`,
    `${unitsOrdered} units sold`,
    `captured ${money.join(', ') || 'nothing'} (minor units)`,
    `${summary.pools.length} pools`,
    `${summary.borrows} grants given`,
    `${summary.refusals.length} refusals`,
    `${summary.historyEntries} entries of clients`,
  ].join(' · ');
}

async function exportSteps(id: string, { out }: Options): Promise<void> {
  const refusals = readSummaries(out).flatMap((of) => of.refusals);
  const pools = [...new Set(refusals.map(({ pool }) => pool))];
  const levels = await readLevels(auditorUrl(findCell(id)), pools);
  writeSealed(out, stepsFor(id, refusals, levels));
}

/** Reads the files of a folder; needs no stack and no login. */
export function joinSummaries(folder: string): WorldAudit {
  const summaries = readSummaries(folder);
  const steps = readSteps(folder);
  if (summaries.length === 0) throw new StackError(`There are no summaries in ${folder}.`);
  const silent = summaries.filter(({ cell }) => !steps.some((of) => of.cell === cell));
  if (silent.length > 0) {
    const names = silent.map(({ cell }) => cell).join(', ');
    throw new StackError(`Of ${names} there are no steps: run --cell <id> --steps first.`);
  }
  return auditWorld(summaries, steps);
}

function printJoined({ out }: Options): void {
  const { breaches, totals, refusals, falseRefusals } = joinSummaries(out);
  const { minted, free, held, sold, shipped, inTransit } = totals;
  print(
    `all cells: ${minted} units exist = ${free} free + ${held} held + ${sold} sold + ` +
      `${shipped} shipped + ${inTransit} in transit · ${refusals} refusals, ${falseRefusals} false`,
  );
  printBreaches(breaches);
  print(breaches.length === 0 ? 'Clean.' : `${breaches.length} breaches.`);
}

/** Each cell is read by a process of its own, which has that cell's login and no other. */
function runApart(args: readonly string[]): Promise<number> {
  const child = spawn(
    process.execPath,
    [...process.execArgv, process.argv[1] ?? '', 'audit', ...args],
    { stdio: 'inherit' },
  );
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Both passes over every cell and the join. Returns whether all is well. */
export async function auditStack({ out, history }: Options): Promise<boolean> {
  const { cells } = requireDescription(paths.description);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true, mode: 0o700 });
  const ends: number[] = [];
  for (const pass of [[], ['--steps']]) {
    for (const { id } of cells) {
      ends.push(await runApart(['--cell', id, '--out', out, '--history', history, ...pass]));
    }
  }
  ends.push(await runApart(['--join', '--out', out]));
  return ends.every((code) => code === 0);
}

export const defaultHistory = join(paths.data, 'replay', 'history.jsonl');
export const defaultAuditFolder = join(paths.home, 'audit');

async function audit(options: Options): Promise<void> {
  if (options.join === true) printJoined(options);
  else if (options.cell === undefined) process.exitCode = (await auditStack(options)) ? 0 : 1;
  else {
    mkdirSync(options.out, { recursive: true, mode: 0o700 });
    if (options.steps === true) await exportSteps(options.cell, options);
    else await summarizeCell(options.cell, options);
  }
}

export default new Command('audit')
  .description('check that no unit and no money was made, lost or counted twice')
  .addOption(
    new Option('--cell <id>', 'only this cell: writes its sealed summary').conflicts('join'),
  )
  .option('--steps', 'with --cell: how its stock stood while any cell refused')
  .option('--join', 'reads the summaries of all cells, and nothing else')
  .option('--out <folder>', 'where the summaries are', defaultAuditFolder)
  .option('--history <file>', 'what clients were told, JSON lines', defaultHistory)
  .action(audit);
