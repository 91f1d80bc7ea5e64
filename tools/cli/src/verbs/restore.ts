import { existsSync, readFileSync } from 'node:fs';
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
  await withStoppedCell(paths, id, async (cell, cells) => {
    await restoreCell({
      ...{ paths, cell: id, region: cell.region, clusters },
      set: resolve(from),
      keys: await trustedKeys(id, key),
      withKms: (work) =>
        withKmsOfStoppedCell(
          { paths, cell: id, topology: findTopology(cells.map((each) => each.id)) },
          () => withAdministrator(cell, work),
        ),
      tell: print,
    });
    if (clusters.every((cluster) => cluster === 'catalog')) return;
    await replay(id);
  });
}

/** A person's login: no process may open a backup. */
async function withAdministrator<T>(
  cell: DescribedCell,
  work: (client: ReturnType<typeof evidenceClient>) => Promise<T>,
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
    const pem = readFileSync(keyFile, 'utf8');
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

async function replayed(cell: string): Promise<ReplayOutcome> {
  try {
    return await replayIntoCell(paths, cell as CellId);
  } catch (error) {
    if (!(error instanceof BrokenJournalError)) throw error;
    throw new StackError(`${error.code}: ${error.message} ${cell} stays in quarantine.`, {
      cause: error,
    });
  }
}

async function replay(cell: string): Promise<void> {
  const { people, forgotten, steps, spareKeysDropped, head, backupId } = await replayed(cell);
  print(`The journal of erasures names ${people} people; ${backupId} had forgotten ${forgotten}.`);
  for (const [step, count] of Object.entries(steps)) print(`  ${step.padEnd(14)} ${count}`);
  print(`  ${'spare keys'.padEnd(14)} ${spareKeysDropped} dropped`);
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
      .action(({ cell }: { cell: string }) => withStoppedCell(paths, cell, () => replay(cell))),
  );
