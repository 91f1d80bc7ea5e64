import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { TrustedKeys } from '@entrepot/privacy';
import {
  clearRestoreMark,
  postgresMajor,
  readClusterRoles,
  readRestoreMark,
  setAsideOf,
  stagingOf,
  writeRestoreMark,
} from '@entrepot/stack';
import type { ClusterName, RestoreMark, StackPaths } from '@entrepot/stack';
import { RefusedBackupError } from './backup-error.ts';
import { newRunId } from './backup-id.ts';
import { readManifest } from './manifest.ts';
import type { BackupManifest, ClusterRecord } from './manifest.ts';
import { assertArchivesWhole, stageCluster } from './stage-cluster.ts';

export interface RestoreRequest {
  readonly paths: StackPaths;
  readonly cell: string;
  readonly region: string;
  /** Folder of one backup. */
  readonly set: string;
  readonly clusters: readonly ClusterName[];
  /** Who may have signed its manifest. */
  readonly keys: TrustedKeys;
  /** Runs work with a login at the cell's KMS that may decrypt. */
  readonly withKms: <T>(work: (kms: KMSClient) => Promise<T>) => Promise<T>;
  readonly tell: (line: string) => void;
}

export interface RestoredCell {
  readonly restoreId: string;
  readonly backupId: string;
  /** Where what was there before now is. */
  readonly setAside: string;
}

/**
 * Puts a backup in the place of a stopped cell's databases, in quarantine. All that can be refused is refused before
 * anything is touched; old folders are set aside, never deleted. One that was cut short while it moved folders is ended
 * by the next call with the same backup.
 */
export async function restoreCell(request: RestoreRequest): Promise<RestoredCell> {
  const { paths, cell, set, tell } = request;
  const manifest = readManifest(set, request.keys);
  const cutShort = readRestoreMark(paths, cell);
  if (cutShort !== undefined) return finish(request, { mark: cutShort, manifest });
  assertFits(manifest, request);
  const records = recordsOf(manifest, request.clusters);
  await assertArchivesWhole(set, records);
  tell(`${manifest.id} is whole and signed by ${cell}.`);
  const restoreId = newRunId('restore', new Date());
  const staging = stagingOf(paths, cell);
  rmSync(staging, { recursive: true, force: true });
  await request.withKms(async (kms) => {
    for (const record of records) {
      const folder = join(staging, record.cluster);
      await stageCluster(record, { set, manifest, restoreId, folder, kms });
      tell(`${cell} ${record.cluster}: unpacked and recovered.`);
    }
  });
  const clusters = records.map(({ cluster }) => cluster);
  const mark = { restoreId, backupId: manifest.id, clusters };
  writeRestoreMark(paths, cell, mark);
  return finish(request, { mark, manifest });
}

/** @throws RefusedBackupError where the backup is not one that this cell can read. */
export function assertFits(
  { id, cell, region, postgres }: BackupManifest,
  own: Pick<RestoreRequest, 'cell' | 'region'>,
): void {
  if (region !== own.region) {
    throw new RefusedBackupError('foreign', `${id} is of region ${region}, not of ${own.region}.`);
  }
  if (cell !== own.cell) {
    throw new RefusedBackupError('foreign', `${id} is of cell ${cell}, not of ${own.cell}.`);
  }
  const major = postgresMajor();
  if (postgres.major === major) return;
  throw new RefusedBackupError(
    'other-postgres',
    `${id} is of PostgreSQL ${postgres.version}; this is PostgreSQL ${major}, which does not read it.`,
  );
}

export function recordsOf(
  { id, clusters }: BackupManifest,
  wanted: readonly ClusterName[],
): ClusterRecord[] {
  return wanted.map((name) => {
    const record = clusters.find(({ cluster }) => cluster === name);
    if (record !== undefined) return record;
    throw new RefusedBackupError('incomplete', `${id} has no ${name}.`);
  });
}

interface Move {
  readonly mark: RestoreMark;
  readonly manifest: BackupManifest;
}

/**
 * Moves what is there aside and what is staged into its place; each folder is in one of the two places at any time, so
 * that it can be gone through again.
 */
function finish(request: RestoreRequest, { mark, manifest }: Move): RestoredCell {
  const { paths, cell, tell } = request;
  const { restoreId, backupId, clusters } = mark;
  if (manifest.id !== backupId) {
    throw new RefusedBackupError(
      'unfinished',
      `A restore of ${cell} from ${backupId} was cut short: end it first, from that backup.`,
    );
  }
  const setAside = setAsideOf(paths, cell, restoreId);
  mkdirSync(setAside, { recursive: true, mode: 0o700 });
  for (const name of foldersReplaced(clusters)) {
    const [live, old] = [paths.dataOf(cell, name), join(setAside, name)];
    const staged = join(stagingOf(paths, cell), name);
    const isRestored = clusters.includes(name);
    // nothing is staged any more for what is in its place already
    if (isRestored && !existsSync(staged)) continue;
    const isInTheWay = existsSync(live) && !existsSync(old);
    if (isInTheWay) renameSync(live, old);
    if (isRestored) renameSync(staged, live);
    if (isRestored) tell(`${cell} ${name}: in its place.`);
    else if (isInTheWay) tell(`${cell} ${name}: set aside.`);
  }
  rmSync(stagingOf(paths, cell), { recursive: true, force: true });
  clearRestoreMark(paths, cell);
  tell(`${cell} is restored from ${backupId}; what was there is in ${setAside}.`);
  return { restoreId, backupId, setAside };
}

/**
 * A standby is copied anew from its primary at the next start; a cache knows of versions that the restored
 * databases have yet to reach, and jobs are made again from PostgreSQL.
 */
function foldersReplaced(clusters: readonly string[]): readonly string[] {
  const databases = clusters.flatMap((cluster) => {
    const { standby } = readClusterRoles(cluster as ClusterName);
    return standby === undefined ? [cluster] : [cluster, `${cluster}-standby`];
  });
  return [...databases, 'redis'];
}
