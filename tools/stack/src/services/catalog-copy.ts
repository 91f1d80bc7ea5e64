import { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';

import { StackError } from '../stack-error.ts';
import { catalogPublication, subscriptionNameOf } from './catalog-replication.ts';
import type { CatalogSubscription } from './catalog-replication.ts';

/** What the copy changed in one table of the follower; a changed row counts on both sides. */
export interface CopiedTable {
  readonly table: string;
  readonly removed: number;
  readonly added: number;
}

export interface CatalogCopy {
  /** How the follower subscribes, and where the leader is. */
  readonly subscription: Omit<CatalogSubscription, 'followerOwnerUrl'>;
  /** The follower's catalog database, as superuser: its triggers have to see the rows as replicated. */
  readonly followerUrl: string;
  readonly onTable?: (copied: CopiedTable) => void;
}

interface PublishedTable {
  readonly table: string;
  readonly columns: readonly string[];
}

const rowsPerBatch = 2_000;
const workerPollMs = 50;
const workerEndMsMax = 30_000;
const connectMsMax = 5_000;

/**
 * Brings a follower to the leader's catalog without its replication log: for a follower whose slot the
 * leader gave up. A new slot names the instant; one transaction at the follower takes what differed at that
 * instant, so that readers see the old catalog or the new one, and caches hear of changed products only;
 * replication goes on from the same instant. Killed anywhere it leaves the follower without replication,
 * until it is run again or the stack is started.
 */
export async function copyCatalogAnew(copy: CatalogCopy): Promise<readonly CopiedTable[]> {
  const { subscription, followerUrl } = copy;
  const name = subscriptionNameOf(subscription.cell);
  await assertReachable(subscription);
  return withClient({ connectionString: followerUrl }, (follower) =>
    withLeader(subscription, { replication: 'database' }, async (slots) => {
      await detach(follower, name);
      const slot = await makeSlot(slots, name);
      const copied = await withLeader(subscription, {}, async (leader) => {
        await leader.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
        await leader.query(`SET TRANSACTION SNAPSHOT ${pg.escapeLiteral(slot.snapshot)}`);
        return takeOver(leader, follower, { name, startsAt: slot.startsAt, onTable: copy.onTable });
      });
      await follower.query(
        `ALTER SUBSCRIPTION ${pg.escapeIdentifier(name)} SET (slot_name = ${pg.escapeLiteral(name)})`,
      );
      await follower.query(`ALTER SUBSCRIPTION ${pg.escapeIdentifier(name)} ENABLE`);
      return copied;
    }),
  );
}

type ClientConfig = pg.ClientConfig & { readonly replication?: 'database' };

async function withClient<T>(
  config: ClientConfig,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    application_name: 'entrepot-catalog-copy',
    connectionTimeoutMillis: connectMsMax,
    ...config,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const withLeader = <T>(
  { leader, login }: CatalogCopy['subscription'],
  mode: Pick<ClientConfig, 'replication'>,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> =>
  withClient({ ...leader, user: login.role, password: login.password, ...mode }, work);

async function assertReachable(subscription: CatalogCopy['subscription']): Promise<void> {
  try {
    await withLeader(subscription, {}, (client) => client.query('SELECT 1'));
  } catch (cause) {
    throw new StackError(
      'The catalog leader cannot be reached; mend the link (`npm run entrepot -- border heal`) and run this again.',
      { cause },
    );
  }
}

/** Ends the subscription's worker and parts it from its slot; it keeps the follower closed to other writers. */
async function detach(follower: pg.Client, name: string): Promise<void> {
  const found = await follower.query('SELECT FROM pg_subscription WHERE subname = $1', [name]);
  if (found.rowCount === 0) {
    throw new StackError(`This cell has no subscription ${name}; \`npm start\` makes it.`);
  }
  await follower.query(`ALTER SUBSCRIPTION ${pg.escapeIdentifier(name)} DISABLE`);
  await follower.query(`ALTER SUBSCRIPTION ${pg.escapeIdentifier(name)} SET (slot_name = NONE)`);
  const isWorking = async (): Promise<boolean> => {
    const { rowCount } = await follower.query(
      'SELECT FROM pg_stat_subscription WHERE subname = $1 AND pid IS NOT NULL',
      [name],
    );
    return rowCount !== 0;
  };
  const end = performance.now() + workerEndMsMax;
  while (await isWorking()) {
    if (performance.now() > end) {
      throw new StackError(
        `The subscription's worker has not ended in ${String(workerEndMsMax / 1_000)} s; run this again.`,
      );
    }
    await delay(workerPollMs);
  }
}

interface NewSlot {
  /** The log position from which the slot tells changes: all before it are in the snapshot. */
  readonly startsAt: string;
  /** Can be taken up while the session that made the slot does nothing else. */
  readonly snapshot: string;
}

async function makeSlot(slots: pg.Client, name: string): Promise<NewSlot> {
  const found = await slots.query(
    `SELECT FROM pg_replication_slots WHERE slot_name = ${pg.escapeLiteral(name)}`,
  );
  if (found.rowCount !== 0) {
    await slots.query(`DROP_REPLICATION_SLOT ${pg.escapeIdentifier(name)} WAIT`);
  }
  const { rows } = await slots.query<{ consistent_point: string; snapshot_name: string }>(
    `CREATE_REPLICATION_SLOT ${pg.escapeIdentifier(name)} LOGICAL pgoutput (SNAPSHOT 'export', FAILOVER true)`,
  );
  const [made] = rows;
  if (made === undefined) throw new TypeError(`the leader made no slot ${name}`);
  return { startsAt: made.consistent_point, snapshot: made.snapshot_name };
}

interface TakingOver {
  readonly name: string;
  readonly startsAt: string;
  readonly onTable: CatalogCopy['onTable'];
}

async function takeOver(
  leader: pg.Client,
  follower: pg.Client,
  { name, startsAt, onTable }: TakingOver,
): Promise<readonly CopiedTable[]> {
  const copied: CopiedTable[] = [];
  await follower.query('BEGIN');
  try {
    // as the apply worker writes: no foreign keys, and only the triggers that fire for replicated rows
    await follower.query('SET LOCAL session_replication_role = replica');
    for (const published of await publishedTables(leader)) {
      const change = await copyTable(leader, follower, published);
      copied.push(change);
      onTable?.(change);
    }
    await follower.query(
      `SELECT pg_replication_origin_advance('pg_' || oid, $2::pg_lsn)
         FROM pg_subscription WHERE subname = $1`,
      [name, startsAt],
    );
    await follower.query('COMMIT');
  } catch (error) {
    await follower.query('ROLLBACK');
    throw error;
  }
  return copied;
}

async function publishedTables(leader: pg.Client): Promise<readonly PublishedTable[]> {
  const { rows } = await leader.query<PublishedTable>(
    `SELECT format('%I.%I', schemaname, tablename) AS "table",
            (SELECT array_agg(quote_ident(name)) FROM unnest(attnames) AS name)::text[] AS "columns"
       FROM pg_publication_tables WHERE pubname = $1 ORDER BY 1`,
    [catalogPublication],
  );
  return rows;
}

/** Takes out every row that is not at the leader as it is here, then puts in what is missing. */
async function copyTable(
  leader: pg.Client,
  follower: pg.Client,
  { table, columns }: PublishedTable,
): Promise<CopiedTable> {
  const list = columns.join(', ');
  await follower.query('DROP TABLE IF EXISTS incoming');
  await follower.query(
    `CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT ${list} FROM ${table} WITH NO DATA`,
  );
  for await (const rows of batchesOf(leader, table, list)) {
    await follower.query(
      `INSERT INTO incoming (${list})
       SELECT ${list} FROM jsonb_populate_recordset(NULL::incoming, $1::jsonb)`,
      [rows],
    );
  }
  await follower.query('ANALYZE incoming');
  const key = await keyOf(follower, table);
  const isSameKey = key.map((column) => `i.${column} = t.${column}`).join(' AND ');
  const values = (row: string) => `ROW(${columns.map((column) => `${row}.${column}`).join(', ')})`;
  const removed = await follower.query(
    `DELETE FROM ${table} t WHERE NOT EXISTS (SELECT FROM incoming i
       WHERE ${isSameKey} AND ${values('i')} IS NOT DISTINCT FROM ${values('t')})`,
  );
  const added = await follower.query(
    `INSERT INTO ${table} (${list}) SELECT ${list} FROM incoming i
      WHERE NOT EXISTS (SELECT FROM ${table} t WHERE ${isSameKey})`,
  );
  return { table, removed: removed.rowCount ?? 0, added: added.rowCount ?? 0 };
}

/** The rows as JSON arrays in the database's own writing, which loses no digit on the way. */
async function* batchesOf(leader: pg.Client, table: string, list: string): AsyncGenerator<string> {
  await leader.query(
    `DECLARE published NO SCROLL CURSOR FOR
     SELECT row_to_json(r)::text AS "row" FROM (SELECT ${list} FROM ${table}) AS r`,
  );
  for (;;) {
    const { rows } = await leader.query<{ row: string }>(
      `FETCH ${String(rowsPerBatch)} FROM published`,
    );
    if (rows.length === 0) break;
    yield `[${rows.map(({ row }) => row).join(',')}]`;
  }
  await leader.query('CLOSE published');
}

async function keyOf(follower: pg.Client, table: string): Promise<readonly string[]> {
  const { rows } = await follower.query<{ column: string }>(
    `SELECT quote_ident(a.attname) AS "column" FROM pg_index i
       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
      WHERE i.indrelid = $1::regclass AND i.indisprimary`,
    [table],
  );
  if (rows.length === 0) throw new TypeError(`${table} has no primary key to be copied by`);
  return rows.map(({ column }) => column);
}
