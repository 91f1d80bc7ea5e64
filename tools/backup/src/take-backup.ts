import { join } from 'node:path';
import type { EvidenceSigner, JournalHead } from '@entrepot/privacy';
import { withClient } from '@entrepot/stack';
import type { ClusterName } from '@entrepot/stack';
import { backUpCluster } from './back-up-cluster.ts';
import type { BackupSource } from './back-up-cluster.ts';
import { newRunId } from './backup-id.ts';
import { discardUnfinished, UnfinishedSet } from './backup-sets.ts';
import { manifestFile, sealManifest } from './manifest.ts';
import type { ClusterRecord } from './manifest.ts';
import type { WrappingKey } from './wrapping-key.ts';

export interface BackupProgress {
  readonly cluster: ClusterName;
  /** Of the source, so far. */
  readonly bytes: number;
}

export interface BackupRequest {
  readonly cell: string;
  readonly region: string;
  /** Where sets are kept; each cell has a folder of its own in it. */
  readonly to: string;
  readonly sources: readonly BackupSource[];
  readonly wrapping: WrappingKey;
  readonly signer: EvidenceSigner;
  /** Read before the backup begins: what the journal says later, the databases may know as well. */
  readonly journalHead: JournalHead;
  readonly onProgress: (progress: BackupProgress) => void;
}

/** The vault last: everybody whom the shop's backup knows has a key in the vault's. */
const order: readonly ClusterName[] = ['catalog', 'shop', 'vault'];

export const setsOf = (to: string, cell: string): string => join(to, cell);

/** Backs up a running cell. Resolves to the folder of the set; one that is killed leaves none. */
export async function takeBackup(request: BackupRequest): Promise<string> {
  const { cell, region, to, journalHead, onProgress } = request;
  const home = setsOf(to, cell);
  discardUnfinished(home);
  const startedAt = new Date();
  const id = newRunId('backup', startedAt);
  const set = new UnfinishedSet(home, id);
  const sources = request.sources.toSorted(
    (a, b) => order.indexOf(a.cluster) - order.indexOf(b.cluster),
  );
  const clusters: ClusterRecord[] = [];
  for (const source of sources) {
    const { cluster } = source;
    clusters.push(
      await backUpCluster(source, {
        ...{ id, folder: set.folder, wrapping: request.wrapping },
        onProgress: (bytes) => onProgress({ cluster, bytes }),
      }),
    );
  }
  const text = await sealManifest(
    {
      ...{ format: 'entrepot backup 1', id, cell, region, clusters },
      startedAt: startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      postgres: await versionOf(sources),
      journal: journalHead,
    },
    request.signer,
  );
  return set.finish(text, manifestFile);
}

async function versionOf(sources: readonly BackupSource[]) {
  const url = sources[0]?.superuserUrl;
  if (url === undefined) throw new TypeError('a backup needs a cluster');
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ version: string; major: number }>(
      `SELECT current_setting('server_version') AS version,
         current_setting('server_version_num')::int / 10000 AS major`,
    );
    const [row] = rows;
    if (row === undefined) throw new TypeError('the server has no version');
    return row;
  });
}
