import { resolve } from 'node:path';

import { backupSets, pruneSets, setsOf, shopDaysMax } from '@entrepot/backup';
import { StackError, StackPaths } from '@entrepot/stack';
import { Command, InvalidArgumentError } from 'commander';

import { backUpCell } from '../back-up-cell.ts';
import { requireFolder } from '../given-file.ts';
import { runningCell } from '../running-cell.ts';

const vaultDaysDefault = 14;
const paths = new StackPaths();
const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function backUp({ cell: id, to }: { cell?: string; to?: string }): Promise<void> {
  if (id === undefined || to === undefined) {
    throw new StackError('Name the cell by --cell and where backups are kept by --to.');
  }
  await backUpCell(paths, runningCell(paths, id), { to, tell: print });
}

interface PruneOptions {
  readonly cell: string;
  readonly in: string;
  readonly days: number;
  readonly vaultDays: number;
}

function prune({ cell, in: folder, days, vaultDays }: PruneOptions): void {
  const home = setsOf(resolve(folder), cell);
  requireFolder(home);
  const { sets, vaults } = pruneSets({ home, now: new Date() }, { days, vaultDays });
  for (const id of sets) print(`${id}: removed, older than ${days} days`);
  for (const id of vaults) print(`${id}: vault removed, older than ${vaultDays} days`);
  print(`${backupSets(home).length} backups of ${cell} are left.`);
}

function days(text: string): number {
  const parsed = Number(text);
  if (Number.isInteger(parsed) && parsed >= 1 && parsed <= shopDaysMax) return parsed;
  throw new InvalidArgumentError(`must be a whole number of days from 1 to ${shopDaysMax}.`);
}

export default new Command('backup')
  .description('back up the databases of a running cell, encrypted, with a signed manifest')
  // not required here, as a subcommand would then require them too
  .option('--cell <id>', 'the cell')
  .option('--to <folder>', 'where backups are kept, a folder for each cell')
  .action(backUp)
  .addCommand(
    new Command('prune')
      .description('remove backups that are older than they may be')
      .requiredOption('--cell <id>', 'the cell')
      .requiredOption('--in <folder>', 'where backups are kept')
      .option('--days <count>', 'how long a backup is kept', days, shopDaysMax)
      .option('--vault-days <count>', 'how long the vault in it is kept', days, vaultDaysDefault)
      .action(prune),
  );
