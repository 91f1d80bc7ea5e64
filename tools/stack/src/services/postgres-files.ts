/** One line of pg_hba: a role and the database it may open; `replication` is the physical protocol. */
export interface PostgresAccess {
  readonly role: string;
  /** A name, `replication`, `all`, or a regular expression behind a slash. */
  readonly database: string;
}

export type PostgresSettings = Readonly<Record<string, string | number>>;

/**
 * Small servers, six of them on one machine. The log settings keep personal data out of the log: no
 * statement text (it may hold a password or a value) and no DETAIL (it shows the failing row).
 */
const commonSettings: PostgresSettings = {
  listen_addresses: '127.0.0.1',
  // loopback TCP alone: a socket would need a folder per instance and leaves stale locks behind
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  max_connections: 100,
  shared_buffers: '32MB',
  io_method: 'sync',
  jit: 'off',
  wal_level: 'logical',
  max_wal_senders: 10,
  max_replication_slots: 10,
  min_wal_size: '32MB',
  max_wal_size: '512MB',
  // a dead standby or subscriber must not fill the disk
  max_slot_wal_keep_size: '2GB',
  hot_standby_feedback: 'on',
  // a deadlock must be found, and run again, well before the transaction's own limit
  deadlock_timeout: '200ms',
  wal_receiver_status_interval: '1s',
  wal_retrieve_retry_interval: '500ms',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_parameter_max_length: 0,
  log_parameter_max_length_on_error: 0,
  log_line_prefix: '%m [%p] %q%u@%d ',
};

const quoted = (value: string | number): string => `'${String(value).replaceAll("'", "''")}'`;

/** The text of the file that postgresql.conf includes; rewritten whole at every start. */
export function serverSettingsText(settings: PostgresSettings): string {
  const lines = Object.entries({ ...commonSettings, ...settings });
  return lines.map(([name, value]) => `${name} = ${quoted(value)}\n`).join('');
}

/** Loopback only, a password on every connection, and for each role only the databases it is given. */
export function accessText(superuser: string, access: readonly PostgresAccess[]): string {
  const lines = [{ role: superuser, database: 'all' }, ...access];
  return lines
    .map(({ role, database }) => {
      const name = database.startsWith('/') ? `"${database}"` : database;
      return `host ${name} ${role} 127.0.0.1/32 scram-sha-256\n`;
    })
    .join('');
}

/** A synchronous commit waits for exactly this standby: an empty list or `*` would accept anybody. */
export function synchronousTo(standbyName: string): PostgresSettings {
  if (!/^[a-z][a-z0-9_]*$/.test(standbyName)) {
    throw new TypeError(`"${standbyName}" cannot be the name of a synchronous standby`);
  }
  return { synchronous_standby_names: `FIRST 1 (${standbyName})`, synchronous_commit: 'on' };
}
