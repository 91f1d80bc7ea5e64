import pg from 'pg';

import type { PostgresLogin } from './postgres.ts';

/** Made by the catalog's own SQL, with the list of columns that may cross. */
export const catalogPublication = 'entrepot_catalog';

export interface CatalogSubscription {
  /** The follower. */
  readonly cell: string;
  /** The follower's catalog, as its owner. */
  readonly followerOwnerUrl: string;
  /** The leader's catalog as the follower reaches it: the fault proxy's address. */
  readonly leader: { readonly host: string; readonly port: number; readonly database: string };
  readonly login: PostgresLogin;
}

/** Subscription, slot and application name: one per follower, matched by no synchronous rule. */
export const subscriptionNameOf = (cell: string): string => `catalog_${cell.replaceAll('-', '_')}`;

async function withOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'entrepot-replication' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const keyword = (name: string, value: string | number): string =>
  `${name}='${String(value).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function connectionText({ leader, login }: CatalogSubscription): string {
  return [
    keyword('host', leader.host),
    keyword('port', leader.port),
    keyword('dbname', leader.database),
    keyword('user', login.role),
    keyword('password', login.password),
    'connect_timeout=5',
    // a cut link is noticed in seconds, not when the kernel gives up
    'keepalives_idle=5 keepalives_interval=2 keepalives_count=3',
  ].join(' ');
}

/**
 * Subscribes a cell to the leader's catalog, or brings an existing subscription to these addresses.
 * The apply worker commits synchronously (its default would acknowledge rows that a crash loses), and
 * its slot survives a failover of the leader. `detached`: the subscription has no slot, since a copy of the
 * catalog was killed under way; replication begins only when that copy is made anew.
 */
export async function subscribeToCatalog(
  subscription: CatalogSubscription,
): Promise<'subscribed' | 'detached'> {
  const name = pg.escapeIdentifier(subscriptionNameOf(subscription.cell));
  const connection = pg.escapeLiteral(connectionText(subscription));
  return withOwner(subscription.followerOwnerUrl, async (owner) => {
    const { rows } = await owner.query<{ slot: string | null }>(
      'SELECT subslotname AS "slot" FROM pg_subscription WHERE subname = $1',
      [subscriptionNameOf(subscription.cell)],
    );
    const [found] = rows;
    if (found === undefined) {
      await owner.query(
        `CREATE SUBSCRIPTION ${name} CONNECTION ${connection} PUBLICATION ${catalogPublication}
         WITH (synchronous_commit = on, failover = true, origin = none, streaming = off)`,
      );
      return 'subscribed';
    }
    await owner.query(`ALTER SUBSCRIPTION ${name} CONNECTION ${connection}`);
    if (found.slot === null) return 'detached';
    await owner.query(`ALTER SUBSCRIPTION ${name} ENABLE`);
    await owner.query(`ALTER SUBSCRIPTION ${name} REFRESH PUBLICATION`);
    return 'subscribed';
  });
}

export interface CatalogReplicationStatus {
  /** The apply worker holds a connection to the leader. */
  readonly isConnected: boolean;
  /** Milliseconds since the leader last said how far it is; undefined if it never did. */
  readonly silentMs: number | undefined;
  /** Tables whose first copy is not finished. */
  readonly tablesCopying: number;
  readonly applyErrors: number;
}

/** How a follower's subscription does, read at the follower by any of its roles. */
export async function catalogReplicationStatus(
  followerUrl: string,
  cell: string,
): Promise<CatalogReplicationStatus> {
  return withOwner(followerUrl, async (client) => {
    const { rows } = await client.query<CatalogReplicationStatus>(
      `SELECT s.pid IS NOT NULL AS "isConnected",
              extract(epoch FROM clock_timestamp() - s.latest_end_time)::float8 * 1000 AS "silentMs",
              (SELECT count(*)::int FROM pg_subscription_rel r
                WHERE r.srsubid = s.subid AND r.srsubstate <> 'r') AS "tablesCopying",
              coalesce(t.apply_error_count + t.sync_error_count, 0)::int AS "applyErrors"
         FROM pg_stat_subscription s
         LEFT JOIN pg_stat_subscription_stats t USING (subid)
        WHERE s.subname = $1 AND s.relid IS NULL AND s.leader_pid IS NULL`,
      [subscriptionNameOf(cell)],
    );
    const [row] = rows;
    if (row === undefined) throw new TypeError(`${cell} has no catalog subscription`);
    return { ...row, silentMs: row.silentMs ?? undefined };
  });
}

/** Bytes of WAL that the follower has not confirmed yet; read at the leader. Undefined: no such slot. */
export async function unconfirmedBytes(
  leaderUrl: string,
  followerCell: string,
): Promise<bigint | undefined> {
  return withOwner(leaderUrl, async (client) => {
    const { rows } = await client.query<{ bytes: string }>(
      `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint AS bytes
         FROM pg_replication_slots WHERE slot_name = $1`,
      [subscriptionNameOf(followerCell)],
    );
    const [row] = rows;
    return row === undefined ? undefined : BigInt(row.bytes);
  });
}
