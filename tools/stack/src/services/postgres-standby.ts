import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';

import { ensureRoles } from '../database/roles.ts';
import { StackError } from '../stack-error.ts';
import { dataFolderOf, startPostgres, writeOwned } from './postgres.ts';
import type { PostgresLogin, PostgresOptions, RunningPostgres } from './postgres.ts';

export interface StandbyOptions extends PostgresOptions {
  /** In `synchronous_standby_names` of the primary and the name of its slot there: `shop_standby`. */
  readonly standbyName: string;
  readonly primaryPort: number;
  readonly login: PostgresLogin;
}

/** The primary remembers what the standby has not yet received, however long it is away. */
async function makeSlot(primary: RunningPostgres, options: StandbyOptions): Promise<void> {
  const client = new pg.Client({ connectionString: primary.urlFor('postgres') });
  await client.connect();
  try {
    const { role, password } = options.login;
    const declaration = { name: role, purpose: 'standby', replication: true, settings: {} };
    await ensureRoles(client, [declaration], { [role]: password });
    await client.query(
      `SELECT pg_create_physical_replication_slot($1, true)
       WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)`,
      [options.standbyName],
    );
  } finally {
    await client.end();
  }
}

function copyAsStandby(primaryFolder: string, standbyFolder: string): void {
  const unfinished = `${dataFolderOf(standbyFolder)}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  execFileSync('mkdir', ['-p', '-m', '700', standbyFolder]);
  execFileSync('cp', ['-a', dataFolderOf(primaryFolder), unfinished]);
  cpSync(join(primaryFolder, 'superuser.password'), join(standbyFolder, 'superuser.password'));
  // slots are the primary's own; a standby that kept them would hold its WAL back for ever
  const slots = join(unfinished, 'pg_replslot');
  for (const name of readdirSync(slots)) rmSync(join(slots, name), { recursive: true });
  writeFileSync(join(unfinished, 'standby.signal'), '', { mode: 0o600 });
  renameSync(unfinished, dataFolderOf(standbyFolder));
}

/**
 * Makes the standby's data at the first start: a copy of the stopped primary. Nobody but the superuser
 * can reach the primary meanwhile. Does nothing once the standby exists; neither server runs after.
 */
export async function createStandby(
  primary: PostgresOptions,
  standby: StandbyOptions,
): Promise<void> {
  if (existsSync(dataFolderOf(standby.folder))) return;
  const { name, folder, superuser } = primary;
  // without its usual settings: a commit would wait for the standby that is yet to be made
  const server = await startPostgres({ name, folder, superuser, access: [] });
  try {
    await makeSlot(server, standby);
  } finally {
    await server.stop();
  }
  copyAsStandby(primary.folder, standby.folder);
}

/** Starts a standby that `createStandby` made; it follows its primary whenever that one runs. */
export async function startStandby(options: StandbyOptions): Promise<RunningPostgres> {
  const { folder, standbyName, primaryPort, login } = options;
  if (!existsSync(dataFolderOf(folder))) {
    throw new StackError(`${options.name} has no data; it must be copied from its primary first.`);
  }
  const passwordFile = join(folder, 'primary.pgpass');
  writeOwned(passwordFile, `127.0.0.1:${primaryPort}:*:${login.role}:${login.password}\n`);
  return startPostgres({
    ...options,
    settings: {
      ...options.settings,
      primary_slot_name: standbyName,
      primary_conninfo: [
        `host=127.0.0.1 port=${primaryPort} user=${login.role}`,
        `passfile=${conninfoQuoted(passwordFile)} application_name=${standbyName}`,
      ].join(' '),
    },
  });
}

const conninfoQuoted = (value: string): string =>
  `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
