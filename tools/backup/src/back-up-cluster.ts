import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { StackError, withClient } from '@entrepot/stack';
import type { ClusterName } from '@entrepot/stack';
import { packArchive } from './archive.ts';
import type { WrappingKey } from './wrapping-key.ts';
import type { ArchiveRecord, ClusterRecord } from './manifest.ts';

type Client = Parameters<Parameters<typeof withClient>[1]>[0];

export interface BackupSource {
  readonly cluster: ClusterName;
  /** Of the running server: holds `data/` and `superuser.password`. */
  readonly folder: string;
  /** A superuser's. */
  readonly superuserUrl: string;
}

export interface ClusterBackup {
  readonly id: string;
  /** Where the archives go. */
  readonly folder: string;
  readonly wrapping: WrappingKey;
  readonly onProgress: (bytes: number) => void;
}

/** What belongs to the running server alone, and what it makes anew at its start. */
const leftOut = [
  'pg_wal/*',
  'pg_replslot/*',
  'pg_dynshmem/*',
  'pg_notify/*',
  'pg_serial/*',
  'pg_snapshots/*',
  'pg_stat_tmp/*',
  'pg_subtrans/*',
  'postmaster.pid',
  'postmaster.opts',
  'standby.signal',
];
const segmentForm = /^[0-9A-F]{24}$/;

/**
 * A base backup of a running server by PostgreSQL's low-level interface, and the log that makes it whole. A
 * slot of this session keeps that log until it is packed, however long the backup takes. Each cluster has
 * an age identity of its own: who may open one backup of the shop has no key of the vault's.
 */
export async function backUpCluster(
  source: BackupSource,
  backup: ClusterBackup,
): Promise<ClusterRecord> {
  const secret = await generateX25519Identity();
  const recipient = await identityToRecipient(secret);
  const wrapped = await backup.wrapping.wrap(secret, contextOf(backup.id, source.cluster));
  const parts = { ...backup, source, recipient };
  return withClient(source.superuserUrl, async (client) => {
    const slot = `backup_${randomBytes(8).toString('hex')}`;
    await client.query('SELECT pg_create_physical_replication_slot($1, true, true)', [slot]);
    const start = await ask(client, startBackup, [backup.id]);
    const data = leftOut.map((name) => `--exclude=data/${name}`);
    const base = await pack(parts, 'base', ['--anchored', ...data, 'data']);
    const stop = await ask(client, stopBackup);
    const log = await pack(parts, 'log', logFiles(source.folder, start, stop));
    await assertLogWasKept(client, slot);
    return {
      cluster: source.cluster,
      startLsn: start.lsn,
      stopLsn: stop.lsn,
      label: stop.label,
      archives: [base, log],
      identity: wrapped,
    };
  });
}

/** Bound to a wrapped identity: it opens for this backup and cluster alone. Opaque, since KMS logs it. */
export const contextOf = (id: string, cluster: ClusterName) => ({
  purpose: 'backup',
  backup: id,
  cluster,
});

interface Position {
  readonly lsn: string;
  readonly segment: string;
  readonly label: string;
}

const startBackup = `SELECT lsn::text, pg_walfile_name(lsn) AS segment, '' AS label
  FROM pg_backup_start($1, true) AS lsn`;
const stopBackup = `SELECT lsn::text, pg_walfile_name(lsn) AS segment, labelfile AS label
  FROM pg_backup_stop(false)`;

async function ask(client: Client, sql: string, values: readonly string[] = []): Promise<Position> {
  const { rows } = await client.query<Position>(sql, [...values]);
  const [row] = rows;
  if (row === undefined) throw new StackError('PostgreSQL did not say where its log is.');
  return row;
}

function logFiles(folder: string, start: Position, stop: Position): string[] {
  const names = readdirSync(join(folder, 'data', 'pg_wal'));
  const segments = names.filter(
    (name) => segmentForm.test(name) && name >= start.segment && name <= stop.segment,
  );
  const histories = names.filter((name) => name.endsWith('.history'));
  return [
    'superuser.password',
    ...[...segments, ...histories].map((name) => `data/pg_wal/${name}`),
  ];
}

/** A slot that was outrun by the limit on its log has lost what the backup needs. */
async function assertLogWasKept(client: Client, slot: string): Promise<void> {
  const { rows } = await client.query<{ status: string }>(
    'SELECT wal_status AS status FROM pg_replication_slots WHERE slot_name = $1',
    [slot],
  );
  if (['reserved', 'extended'].includes(rows[0]?.status ?? '')) return;
  throw new StackError(
    'The server wrote more log than it keeps while it was backed up; try again.',
  );
}

async function pack(
  parts: ClusterBackup & { readonly source: BackupSource; readonly recipient: string },
  what: 'base' | 'log',
  files: readonly string[],
): Promise<ArchiveRecord> {
  const { folder, source, recipient, onProgress } = parts;
  const name = `${source.cluster}.${what}.tar.zst.age`;
  const tar = [`--directory=${source.folder}`, ...files];
  return { name, ...(await packArchive({ tar, recipient, file: join(folder, name), onProgress })) };
}
