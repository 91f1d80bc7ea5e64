import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { TrustedKeys } from '@entrepot/privacy';
import { RefusedBackupError } from './backup-error.ts';
import { startOf } from './backup-id.ts';
import { backupSets } from './backup-sets.ts';
import { readManifest } from './manifest.ts';
import type { BackupManifest } from './manifest.ts';

const partialForm = /^backup-.+\.partial$/;

type Times = Pick<BackupManifest, 'id' | 'startedAt' | 'finishedAt'>;

/**
 * The backup in a folder, where it finished before an instant and each other beside it ended before it began or began after
 * that instant: whoever it does not know, and who was gone at that instant, is in none of them. Undefined where that cannot be
 * said, as while a backup is being made that began before, or beside one with a manifest that no trusted key has signed. The
 * sets beside it are the catalogue of the cell's backups.
 *
 * @throws RefusedBackupError where its own manifest is such a one.
 */
export function newestBefore(set: string, at: Date, keys: TrustedKeys): Times | undefined {
  const home = dirname(resolve(set));
  const own = readManifest(set, keys);
  const others = backupSets(home)
    .filter(({ id }) => id !== basename(resolve(set)))
    .map(({ id }) => timesOf(join(home, id), keys));
  const isUnderWay = readdirSync(home).some(
    (name) => partialForm.test(name) && startOf(name) <= at,
  );
  return !isUnderWay && isNewest(own, others, at) ? own : undefined;
}

function timesOf(set: string, keys: TrustedKeys): Times | undefined {
  try {
    return readManifest(set, keys);
  } catch (error) {
    if (error instanceof RefusedBackupError) return undefined;
    throw error;
  }
}

const isNewest = (own: Times, others: readonly (Times | undefined)[], at: Date): boolean =>
  new Date(own.finishedAt) < at &&
  others.every(
    (other) =>
      other !== undefined &&
      (new Date(other.finishedAt) <= new Date(own.startedAt) || new Date(other.startedAt) > at),
  );
