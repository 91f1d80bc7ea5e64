import { basename, join, resolve } from 'node:path';

import {
  backupSets,
  pruneSets,
  setsOf,
  shopDaysMax,
  takeBackup,
  WrappingKey,
} from '@entrepot/backup';
import type { BackupProgress } from '@entrepot/backup';
import type { CellId } from '@entrepot/kernel';
import { AwsEvidenceSigner, evidenceClient, readErasureJournal } from '@entrepot/privacy';
import { clustersOfStack, runtimeOf, SecretStore, StackError, StackPaths } from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';
import { Command, InvalidArgumentError } from 'commander';

import { runningCell } from '../running-cell.ts';

const vaultDaysDefault = 14;
const megabyte = 1_000_000;
const progressEveryMs = 1_000;
const paths = new StackPaths();
const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** The login that makes backups may wrap a key and sign, and not unwrap: it cannot read what it made. */
function kmsOf(cell: DescribedCell) {
  const secrets = new SecretStore(cell.secrets);
  const access = {
    endpoint: cell.kmsEndpoint,
    awsRegion: runtimeOf(cell.region).awsRegion,
    accessKeyId: secrets.read('kms/backup.access-key-id'),
    secretAccessKey: secrets.read('kms/backup.secret-access-key'),
  };
  const client = evidenceClient(access);
  const evidenceKeyArn = secrets.read('kms/evidence-key-arn');
  const signer = new AwsEvidenceSigner(access, () => Promise.resolve(evidenceKeyArn));
  return {
    signer,
    wrapping: new WrappingKey(client, secrets.read('kms/backup-key-arn')),
    close: () => {
      client.destroy();
      signer.close();
    },
  };
}

/** One line a second at most, and one when the next cluster begins. */
function progressOf(cell: string): (progress: BackupProgress) => void {
  let [toldAt, told] = [-Infinity, ''];
  return ({ cluster, bytes }) => {
    const now = performance.now();
    if (cluster === told && now - toldAt < progressEveryMs) return;
    [toldAt, told] = [now, cluster];
    print(`${cell} ${cluster}: ${Math.round(bytes / megabyte)} MB read`);
  };
}

async function backUp({ cell: id, to }: { cell?: string; to?: string }): Promise<void> {
  if (id === undefined || to === undefined) {
    throw new StackError('Name the cell by --cell and where backups are kept by --to.');
  }
  const cell = runningCell(paths, id);
  const { head } = await readErasureJournal({ ...paths.journalOf(id), cell: id as CellId });
  const kms = kmsOf(cell);
  try {
    const folder = await takeBackup({
      ...{ cell: id, region: cell.region, to: resolve(to), journalHead: head },
      ...{ wrapping: kms.wrapping, signer: kms.signer, onProgress: progressOf(id) },
      sources: clustersOfStack(paths)
        .filter((running) => running.cell === id)
        .map(({ cluster, superuserUrl }) => ({
          ...{ cluster, superuserUrl },
          folder: join(cell.data, cluster),
        })),
    });
    print(`${basename(folder)} is whole: ${folder}`);
  } finally {
    kms.close();
  }
}

interface PruneOptions {
  readonly cell: string;
  readonly in: string;
  readonly days: number;
  readonly vaultDays: number;
}

function prune({ cell, in: folder, days, vaultDays }: PruneOptions): void {
  const home = setsOf(resolve(folder), cell);
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
