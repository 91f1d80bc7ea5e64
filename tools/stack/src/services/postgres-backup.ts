import { execFile } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { withClient } from '../database/deploy.ts';
import { StackError } from '../stack-error.ts';
import { dataFolderOf, makeFolder, writeOwned } from './postgres.ts';

export interface BackupSource {
  /** The folder of the running server, as `startPostgres` was told. */
  readonly folder: string;
  /** A superuser's, of any database of the server. */
  readonly superuserUrl: string;
}

/** What belongs to the running server alone: its process, and what its followers still need. */
const leftOut = ['postmaster.pid', 'postmaster.opts'];

/**
 * A base backup of a running server by PostgreSQL's low-level interface: its files, and the write-ahead
 * log that makes them whole. `startPostgres` on the folder restores it. Before the backup's checkpoint lets
 * old segments of the log go, the log is copied to `<folder>/wal`.
 */
export async function takeBaseBackup(source: BackupSource, folder: string): Promise<void> {
  const [live, copy] = [dataFolderOf(source.folder), dataFolderOf(folder)];
  makeFolder(folder);
  await copyChanging(join(live, 'pg_wal'), join(folder, 'wal'));
  const label = await withClient(source.superuserUrl, async (client) => {
    await client.query("SELECT pg_backup_start('copy', true)");
    await copyChanging(live, copy);
    const { rows } = await client.query<{ labelfile: string }>(
      'SELECT labelfile FROM pg_backup_stop(false)',
    );
    return rows[0]?.labelfile ?? '';
  });
  await copyChanging(`${join(live, 'pg_wal')}/.`, join(copy, 'pg_wal'));
  for (const name of leftOut) rmSync(join(copy, name), { force: true });
  const slots = join(copy, 'pg_replslot');
  for (const name of readdirSync(slots)) rmSync(join(slots, name), { recursive: true });
  writeOwned(join(copy, 'backup_label'), label);
  cpSync(join(source.folder, 'superuser.password'), join(folder, 'superuser.password'));
}

/** Copies what a server is writing to: a file that goes away meanwhile was not needed. */
function copyChanging(from: string, to: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(
      'cp',
      ['-a', from, to],
      { env: { ...process.env, LC_ALL: 'C' } },
      (error, _, stderr) => {
        const refusals = stderr
          .split('\n')
          .filter((line) => line !== '' && !line.endsWith('No such file or directory'));
        if (error === null || (error.code === 1 && refusals.length === 0)) resolve();
        else reject(new StackError(`cp failed: ${refusals.join('; ') || error.message}`));
      },
    );
  });
}
