import { createPrivateKey, createPublicKey } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import {
  auditCell,
  auditWorld,
  BrokenSealError,
  readHistory,
  readLevels,
  readProviderBooks,
  readShop,
  readSteps,
  readSummaries,
  stepsFor,
  writeSealed,
} from '@entrepot/audit';
import type { Breach, CellKey, CellSummary, WorldAudit } from '@entrepot/audit';
import { isCellId } from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import {
  identitySecrets,
  requireRunning,
  SecretStore,
  StackError,
  StackPaths,
} from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';
import { Command, Option } from 'commander';

import { auditorUrl } from '../auditor-login.ts';
import { cellsIn } from '../cells-file.ts';
import { runApart } from '../run-apart.ts';

const rowsPrintedMax = 50;
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const paths = new StackPaths();

interface Options {
  readonly cell?: string;
  readonly join?: boolean;
  readonly steps?: boolean;
  readonly out: string;
  readonly history: string;
  /** The cells file: who the cells are, with their public keys. */
  readonly cells: string;
}

function findCell(id: string): DescribedCell {
  const { cells } = requireRunning(paths);
  const cell = cells.find((of) => of.id === id);
  if (cell !== undefined) return cell;
  throw new StackError(`There is no cell ${id}; running: ${cells.map((of) => of.id).join(', ')}.`);
}

/** What the cell signs with; it must be the half of a key that the others have pinned. */
function signingKeyOf(id: string, directory: CellDirectory): CellKey {
  const stored = new SecretStore(paths.secrets).read(identitySecrets(id).envelopeKey);
  const privateKey = createPrivateKey(stored);
  const publicKeyPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
  const keys = isCellId(id) ? directory.get(id).envelopeKeys : [];
  const found = keys.find((key) => key.publicKeyPem.trim() === String(publicKeyPem).trim());
  if (found === undefined) throw new StackError(`The key of ${id} is not the one that is pinned.`);
  return { cell: id, kid: found.kid, privateKey };
}

function printBreaches(breaches: readonly Breach[]): void {
  for (const { code, row } of breaches.slice(0, rowsPrintedMax)) {
    print(`  ${code}  ${JSON.stringify(row)}`);
  }
  const hidden = breaches.length - rowsPrintedMax;
  if (hidden > 0) print(`  … and ${hidden} more`);
  if (breaches.length > 0) process.exitCode = 1;
}

async function summarizeCell(id: string, options: Options): Promise<void> {
  const { out, history } = options;
  const { pspOrigin, pspAdminSecretFile } = requireRunning(paths);
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
  writeSealed(out, summary, signingKeyOf(id, cellsIn(options.cells)));
  print(describe(summary));
  printBreaches(breaches);
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

function describe({ cell, ordersByStatus, unitsOrdered, ...summary }: CellSummary): string {
  const orders = Object.entries(ordersByStatus).map(([status, count]) => `${count} ${status}`);
  const money = Object.entries(summary.capturedMinor).map(([of, minor]) => `${minor} ${of}`);
  return [
    `${cell}: orders ${orders.join(', ') || 'none'}`,
    `${unitsOrdered} units sold`,
    `captured ${money.join(', ') || 'nothing'} (minor units)`,
    counted(summary.pools.length, 'pool'),
    `${counted(summary.borrows, 'grant')} given`,
    counted(summary.refusals.length, 'refusal'),
    `${summary.historyEntries} entries of clients`,
  ].join(' · ');
}

async function exportSteps(id: string, options: Options): Promise<void> {
  const { out } = options;
  const directory = cellsIn(options.cells);
  const refusals = readSummaries(out, directory).flatMap((of) => of.refusals);
  const pools = [...new Set(refusals.map(({ pool }) => pool))];
  const levels = await readLevels(auditorUrl(findCell(id)), pools);
  writeSealed(out, stepsFor(id, refusals, levels), signingKeyOf(id, directory));
}

/**
 * Reads the files of a folder and the pinned public keys; needs no stack and no login. Throws StackError
 * where a cell is missing or a file is not what its cell has signed.
 */
export function joinSummaries({ out, cells }: Pick<Options, 'out' | 'cells'>): WorldAudit {
  if (!existsSync(out)) throw new StackError(`There are no summaries in ${out}.`);
  const directory = cellsIn(cells);
  try {
    const summaries = readSummaries(out, directory);
    const steps = readSteps(out, directory);
    for (const { id } of directory.cells) {
      if (!summaries.some(({ cell }) => cell === id)) {
        throw new StackError(`Of ${id} there is no summary: run --cell ${id} first.`);
      }
      if (!steps.some(({ cell }) => cell === id)) {
        throw new StackError(`Of ${id} there are no steps: run --cell ${id} --steps first.`);
      }
    }
    return auditWorld(summaries, steps);
  } catch (error) {
    if (error instanceof BrokenSealError) throw new StackError(error.message);
    throw error;
  }
}

function printJoined(options: Options): void {
  const joined = joinSummaries(options);
  const { breaches, totals, refusals, falseRefusals } = joined;
  const { minted, free, held, sold, shipped, inTransit } = totals;
  print(
    `all cells: ${minted} units exist = ${free} free + ${held} held + ${sold} sold + ` +
      `${shipped} shipped + ${inTransit} in transit · ${counted(refusals, 'refusal')}, ` +
      `${falseRefusals} false`,
  );
  printBreaches(breaches);
  print(breaches.length === 0 ? 'Clean.' : `${counted(breaches.length, 'breach', 'breaches')}.`);
}

/** Both passes over every cell and the join. Returns whether all is well. */
export async function auditStack({ out, history, cells: file }: Options): Promise<boolean> {
  const { cells } = requireRunning(paths);
  const pinnedIn = ['--cells', file];
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true, mode: 0o700 });
  const ends: number[] = [];
  for (const pass of [[], ['--steps']]) {
    for (const { id } of cells) {
      ends.push(
        await runApart([
          'audit',
          '--cell',
          id,
          '--out',
          out,
          '--history',
          history,
          ...pinnedIn,
          ...pass,
        ]),
      );
    }
  }
  ends.push(await runApart(['audit', '--join', '--out', out, ...pinnedIn]));
  return ends.every((code) => code === 0);
}

export const defaultHistory = join(paths.data, 'replay', 'history.jsonl');
export const defaultAuditFolder = paths.audit;
export const defaultCells = paths.cells;

async function audit(options: Options): Promise<void> {
  if (options.steps === true && options.cell === undefined) {
    throw new StackError('--steps is of one cell: name it with --cell.');
  }
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
    new Option('--cell <id>', 'only this cell: writes its signed summary').conflicts('join'),
  )
  .option('--steps', 'with --cell: how its stock stood while any cell refused')
  .option('--join', 'reads the signed summaries of all cells, and nothing else')
  .option('--out <folder>', 'where the summaries are', defaultAuditFolder)
  .option('--cells <file>', 'the cells with their public keys', defaultCells)
  .option('--history <file>', 'what clients were told, JSON lines', defaultHistory)
  .action(audit);
