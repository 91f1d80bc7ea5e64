import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { KMSClient } from '@aws-sdk/client-kms';
import {
  makeFolder,
  readClusterRoles,
  startPostgres,
  withClient,
  writeOwned,
} from '@entrepot/stack';
import type { ClusterName, RunningPostgres } from '@entrepot/stack';
import { digestOfFile, unpackArchive } from './archive.ts';
import { contextOf } from './back-up-cluster.ts';
import { RefusedBackupError } from './backup-error.ts';
import type { BackupManifest, ClusterRecord } from './manifest.ts';
import { beginStockRecovery } from './begin-stock-recovery.ts';
import { openQuarantine } from './quarantine.ts';
import { unwrapIdentity } from './wrapping-key.ts';

/** Reads every archive that is asked for, before anything is touched. */
export async function assertArchivesWhole(set: string, records: readonly ClusterRecord[]) {
  for (const { name, sha256 } of records.flatMap(({ archives }) => archives)) {
    const file = join(set, name);
    if (!existsSync(file)) {
      throw new RefusedBackupError('incomplete', `${name} is no longer in ${set}.`);
    }
    if ((await digestOfFile(file)) !== sha256) {
      throw new RefusedBackupError('damaged', `${name} is not what the manifest of ${set} says.`);
    }
  }
}

export interface StagedRestore {
  readonly set: string;
  readonly manifest: BackupManifest;
  readonly restoreId: string;
  /** Where the cluster is unpacked. */
  readonly folder: string;
  /** A login that may decrypt. */
  readonly kms: KMSClient;
}

/**
 * Unpacks a cluster beside the cell's data, lets PostgreSQL recover it, and leaves it stopped, in quarantine, and with
 * its stock to be mended. Nothing of the cell has been touched after it.
 */
export async function stageCluster(record: ClusterRecord, restore: StagedRestore): Promise<void> {
  const { set, manifest, folder, kms, restoreId } = restore;
  rmSync(folder, { recursive: true, force: true });
  makeFolder(folder);
  const identity = await unwrapIdentity(
    kms,
    record.identity,
    contextOf(manifest.id, record.cluster),
  );
  for (const { name } of record.archives) {
    await unpackArchive(join(set, name), { identity, folder });
  }
  writeOwned(join(folder, 'data', 'backup_label'), record.label);
  const { database } = readClusterRoles(record.cluster);
  await withServerOn(folder, record.cluster, async (server) => {
    const url = server.urlFor(database);
    await assertOwn(url, manifest);
    if (record.cluster === 'catalog') return;
    const { id: backupId, journal: backupHead } = manifest;
    await openQuarantine(url, { restoreId, backupId, backupHead });
    if (record.cluster === 'shop') await beginStockRecovery(url);
  });
}

/** A server of our own on a folder: nobody but the superuser reaches it. */
export async function withServerOn<T>(
  folder: string,
  cluster: ClusterName,
  work: (server: RunningPostgres) => Promise<T>,
): Promise<T> {
  const { superuser } = readClusterRoles(cluster);
  const server = await startPostgres({
    ...{ name: `restored ${cluster}`, folder, superuser, access: [] },
    // a restored follower must not ask its leader for what the leader no longer keeps
    settings: { max_logical_replication_workers: 0 },
  });
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

async function assertOwn(url: string, { cell, id }: BackupManifest): Promise<void> {
  const found = await withClient(url, async (client) => {
    const { rows } = await client.query<{ cell: string }>('SELECT cell FROM cell.identity');
    return rows[0]?.cell;
  });
  if (found === cell) return;
  throw new RefusedBackupError('foreign', `${id} holds a database of ${found ?? 'no cell'}.`);
}
