import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { TrustedKeys } from '@entrepot/privacy';
import { readClusterRoles } from '@entrepot/stack';
import type { ClusterName } from '@entrepot/stack';
import { newRunId } from './backup-id.ts';
import { readManifest } from './manifest.ts';
import { assertFits, recordsOf } from './restore-cell.ts';
import { assertArchivesWhole, stageCluster, withServerOn } from './stage-cluster.ts';

export interface RestoreBesideRequest {
  readonly cell: string;
  readonly region: string;
  /** Folder of one backup. */
  readonly set: string;
  /** Who may have signed its manifest. */
  readonly keys: TrustedKeys;
  /** A login at the cell's KMS that may decrypt. */
  readonly kms: KMSClient;
  /** Where it is unpacked; removed afterwards, whatever happens. */
  readonly folder: string;
}

/** The databases of a restored backup about people, as superuser; nobody else reaches them. */
export interface RestoredBeside {
  readonly backupId: string;
  readonly shopUrl: string;
  readonly vaultUrl: string;
}

const clusters: readonly ClusterName[] = ['shop', 'vault'];

/**
 * Restores a backup beside the cell that runs, in quarantine, for the length of some work. Nothing of the cell is
 * touched, and nothing of the backup stays.
 *
 * @throws RefusedBackupError
 */
export async function restoreBeside<T>(
  { cell, region, set, keys, kms, folder }: RestoreBesideRequest,
  work: (restored: RestoredBeside) => Promise<T>,
): Promise<T> {
  const manifest = readManifest(set, keys);
  assertFits(manifest, { cell, region });
  const records = recordsOf(manifest, clusters);
  await assertArchivesWhole(set, records);
  const restoreId = newRunId('restore', new Date());
  const folderOf = (cluster: ClusterName) => join(folder, cluster);
  try {
    for (const record of records) {
      const at = folderOf(record.cluster);
      await stageCluster(record, { set, manifest, restoreId, folder: at, kms });
    }
    return await withServerOn(folderOf('shop'), 'shop', (shop) =>
      withServerOn(folderOf('vault'), 'vault', (vault) =>
        work({
          backupId: manifest.id,
          shopUrl: shop.urlFor(readClusterRoles('shop').database),
          vaultUrl: vault.urlFor(readClusterRoles('vault').database),
        }),
      ),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
