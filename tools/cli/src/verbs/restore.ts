import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { replayIntoCell, restoreCell } from '@entrepot/backup';
import type { ReplayOutcome } from '@entrepot/backup';
import type { CellId } from '@entrepot/kernel';
import { BrokenJournalError, evidenceClient, readPinnedKeys } from '@entrepot/privacy';
import type { TrustedKeys } from '@entrepot/privacy';
import {
  clusterNames,
  findTopology,
  runtimeOf,
  SecretStore,
  StackError,
  StackPaths,
  withKmsOfStoppedCell,
} from '@entrepot/stack';
import type { ClusterName, DescribedCell } from '@entrepot/stack';
import { Command, Option } from 'commander';

import { readGivenFile, requireFolder } from '../given-file.ts';
import { withStoppedCell } from '../running-cell.ts';

const paths = new StackPaths();
const print = (line: string): void => void process.stdout.write(`${line}\n`);

interface RestoreOptions {
  readonly cell?: string;
  readonly from?: string;
  readonly clusters: readonly ClusterName[];
  readonly key?: string;
}

async function restore({ cell: id, from, clusters, key }: RestoreOptions): Promise<void> {
  if (id === undefined || from === undefined) {
    throw new StackError('Name the cell by --cell and the backup by --from.');
  }
  requireFolder(from);
  await withStoppedCell(paths, id, async (cell, cells) => {
    const withKms = kmsOf(cell, cells);
    await restoreCell({
      ...{ paths, cell: id, region: cell.region, clusters, withKms },
      set: resolve(from),
      keys: await trustedKeys(id, key),
      tell: print,
    });
    if (clusters.every((cluster) => cluster === 'catalog')) return;
    await withKms((kms) => replay(id, kms));
  });
}

/** Starts the KMS of the cell for as long as work takes, as the cell itself is stopped. */
const kmsOf =
  (cell: DescribedCell, cells: readonly DescribedCell[]) =>
  <T>(work: (client: KmsClient) => Promise<T>): Promise<T> =>
    withKmsOfStoppedCell(
      { paths, cell: cell.id, topology: findTopology(cells.map((each) => each.id)) },
      () => withAdministrator(cell, work),
    );

type KmsClient = ReturnType<typeof evidenceClient>;

/** A person's login: no process may open a backup. */
async function withAdministrator<T>(
  cell: DescribedCell,
  work: (client: KmsClient) => Promise<T>,
): Promise<T> {
  const secrets = new SecretStore(cell.secrets);
  const client = evidenceClient({
    endpoint: cell.kmsEndpoint,
    awsRegion: runtimeOf(cell.region).awsRegion,
    accessKeyId: secrets.read('kms/administrator.access-key-id'),
    secretAccessKey: secrets.read('kms/administrator.secret-access-key'),
  });
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

async function trustedKeys(cell: string, keyFile: string | undefined): Promise<TrustedKeys> {
  if (keyFile !== undefined) {
    const pem = readGivenFile(keyFile);
    return { get: () => pem };
  }
  const { witness } = paths.journalOf(cell);
  if (!existsSync(witness)) {
    throw new StackError(
      `There is no witness in ${witness}; name the key that signs evidence by --key.`,
    );
  }
  return readPinnedKeys(witness);
}

async function replayed(cell: string, kms: KmsClient): Promise<ReplayOutcome> {
  try {
    return await replayIntoCell({ paths, cell: cell as CellId, kms });
  } catch (error) {
    if (!(error instanceof BrokenJournalError)) throw error;
    throw new StackError(`${error.code}: ${error.message} ${cell} stays in quarantine.`, {
      cause: error,
    });
  }
}

async function replay(cell: string, kms: KmsClient): Promise<void> {
  const outcome = await replayed(cell, kms);
  const { people, forgotten, steps, spareKeysDropped, lost, head, backupId } = outcome;
  print(
    `The journal of erasures names ${people} people; ${backupId} had forgotten ${forgotten} of these erasures.`,
  );
  for (const [step, count] of Object.entries(steps)) print(`  ${step.padEnd(14)} ${count}`);
  print(`  ${'spare keys'.padEnd(14)} ${spareKeysDropped} dropped`);
  if (lost.keys + lost.logins > 0) {
    print(`${backupId} is older than the oldest epoch of keys that lives. Lost for good in it:`);
    print(`  keys of ${lost.keys} people, ${lost.logins} logins`);
  }
  print(`${cell} is out of quarantine at entry ${head.seq}; the worker purges when it starts.`);
}

export default new Command('restore')
  .description('put a backup in the place of a stopped cell’s databases, and replay its erasures')
  // not required here, as a subcommand would then require them too
  .option('--cell <id>', 'the cell')
  .option('--from <folder>', 'the folder of one backup')
  .addOption(
    new Option('--clusters <names...>', 'which databases')
      .choices(clusterNames)
      .default(['shop', 'vault']),
  )
  .option('--key <file>', 'PEM of the key that signed it; the witness’s pinned keys when left out')
  .action(restore)
  .addCommand(
    new Command('replay')
      .description('replay the journal of erasures into a cell that is in quarantine')
      .requiredOption('--cell <id>', 'the cell')
      .action(({ cell: id }: { cell: string }) =>
        withStoppedCell(paths, id, (cell, cells) => kmsOf(cell, cells)((kms) => replay(id, kms))),
      ),
  );
