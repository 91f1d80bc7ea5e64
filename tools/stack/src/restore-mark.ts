import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { StackError } from './stack-error.ts';
import type { StackPaths } from './stack-paths.ts';

/** A restore that moves folders into place: which one, and what it moves. */
export interface RestoreMark {
  readonly restoreId: string;
  readonly backupId: string;
  readonly clusters: readonly string[];
}

const fileOf = (paths: StackPaths, cell: string): string => paths.dataOf(cell, 'restore.json');

/** Undefined unless a restore was cut short between its first move and its last. */
export function readRestoreMark(paths: StackPaths, cell: string): RestoreMark | undefined {
  const file = fileOf(paths, cell);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RestoreMark) : undefined;
}

export function writeRestoreMark(paths: StackPaths, cell: string, mark: RestoreMark): void {
  const file = fileOf(paths, cell);
  writeFileSync(`${file}.new`, JSON.stringify(mark), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export const clearRestoreMark = (paths: StackPaths, cell: string): void =>
  rmSync(fileOf(paths, cell), { force: true });

/** A server that is started where a folder is on its way would make an empty database there. */
export function assertNoRestoreUnderWay(paths: StackPaths, cell: string): void {
  const mark = readRestoreMark(paths, cell);
  if (mark === undefined) return;
  throw new StackError(
    `The restore of ${cell} from ${mark.backupId} was cut short: run \`npm run entrepot -- restore --cell ${cell}\` with it again.`,
  );
}

/** Where a restore unpacks, beside the data, so that moving it into place is one rename. */
export const stagingOf = (paths: StackPaths, cell: string): string =>
  join(paths.data, cell, 'restore-staging');

/** Where the data that a restore replaces goes. */
export const setAsideOf = (paths: StackPaths, cell: string, restoreId: string): string =>
  join(paths.data, cell, 'set-aside', restoreId);
