import { statement } from '@entrepot/platform-database';
import type { Queryable } from '@entrepot/platform-database';

export type OutboxScope = 'local' | 'global';

/** Where in the order of (xid, id) a relay stands. */
export interface Cursor {
  readonly xid: string;
  readonly id: bigint;
}
export interface OutboxRow extends Cursor {
  readonly eventId: string;
  readonly topic: string;
  readonly recordKey: string;
  readonly aggregateVersion: bigint;
  readonly type: string;
  readonly version: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Permission to publish until it expires; the token tells an older holder from a newer one. */
export interface Lease {
  readonly fencingToken: bigint;
  readonly cursor: Cursor;
}

interface LeaseRow {
  readonly fencingToken: bigint;
  readonly xid: string;
  readonly id: bigint;
}

const takeLease = statement(
  'messaging.take_lease',
  `UPDATE messaging.relay
   SET fencing_token = fencing_token + 1,
       lease_expires_at = clock_timestamp() + make_interval(secs => $2)
   WHERE scope = $1 AND lease_expires_at < clock_timestamp()
   RETURNING fencing_token AS "fencingToken", cursor_xid::text AS xid, cursor_id AS id`,
);
const holdLease = statement(
  'messaging.hold_lease',
  `UPDATE messaging.relay SET lease_expires_at = clock_timestamp() + make_interval(secs => $3)
   WHERE scope = $1 AND fencing_token = $2 AND lease_expires_at >= clock_timestamp()`,
);
const advanceCursor = statement(
  'messaging.advance_cursor',
  `UPDATE messaging.relay SET cursor_xid = $3::text::xid8, cursor_id = $4
   WHERE scope = $1 AND fencing_token = $2
     AND (cursor_xid, cursor_id) <= ($3::text::xid8, $4::bigint)`,
);
const releaseLease = statement(
  'messaging.release_lease',
  `UPDATE messaging.relay SET lease_expires_at = clock_timestamp() - interval '1 millisecond'
   WHERE scope = $1 AND fencing_token = $2`,
);
// Sequences do not commit in the order they were drawn. No event's xid is below its transaction's, so
// below the oldest that is still running nothing can appear any more: nothing is ever passed over.
// Within one key both xid and id rise, since both are given under the lock of the aggregate. The order names the table's
// columns: a bare `xid` would be the text in the result, and as text 1000 comes before 999.
const readBatch = statement(
  'messaging.read_outbox_batch',
  `SELECT event.xid::text AS xid, event.id, event.event_id AS "eventId", event.topic,
     event.record_key AS "recordKey", event.aggregate_version AS "aggregateVersion", event.type,
     event.version, event.payload
   FROM messaging.outbox event
   WHERE event.scope = $1 AND event.xid < pg_snapshot_xmin(pg_current_snapshot())
     AND (event.xid, event.id) > ($2::text::xid8, $3::bigint)
   ORDER BY event.xid, event.id LIMIT $4`,
);
const parkUnpublishable = statement(
  'messaging.park_unpublishable',
  `INSERT INTO messaging.dead_letter (consumer, topic, partition, record_offset, event_id,
     record_key, aggregate_version, type, code, attempts)
   VALUES ('relay.' || $1::text, $2, 0, $3, $4, $5, $6, $7, $8, 1)
   ON CONFLICT DO NOTHING`,
);
const deletePublished = statement(
  'messaging.delete_published',
  `DELETE FROM messaging.outbox WHERE id IN (
     SELECT event.id FROM messaging.outbox event JOIN messaging.relay USING (scope)
     WHERE event.created_at < now() - make_interval(hours => $1)
       AND (event.xid, event.id) <= (relay.cursor_xid, relay.cursor_id)
       AND NOT EXISTS (
         SELECT FROM messaging.dead_letter letter
         WHERE letter.event_id = event.event_id AND letter.state IN ('parked', 'redrive'))
     ORDER BY event.created_at LIMIT $2)`,
);
const deleteReceived = statement(
  'messaging.delete_received',
  `DELETE FROM messaging.inbox WHERE (consumer, event_id) IN (
     SELECT consumer, event_id FROM messaging.inbox
     WHERE received_at < now() - make_interval(hours => $1)
     ORDER BY received_at LIMIT $2)`,
);

// One row of an index, however many events wait.
const oldestWaiting = statement(
  'messaging.oldest_waiting',
  `SELECT extract(epoch FROM clock_timestamp() - event.created_at)::float8 AS seconds
   FROM messaging.relay JOIN messaging.outbox event USING (scope)
   WHERE scope = $1 AND (event.xid, event.id) > (relay.cursor_xid, relay.cursor_id)
   ORDER BY event.xid, event.id LIMIT 1`,
);

const countParked = statement(
  'messaging.count_parked_by_relay',
  `SELECT count(*)::int4 AS parked FROM messaging.dead_letter
   WHERE consumer = 'relay.' || $1::text AND state = 'parked'`,
);

const rowsPerDeletionMax = 1_000;

/** The outbox as its relay sees it: a batch in order, a cursor, and the lease to move it. */
export class RelayStore {
  constructor(
    private readonly database: Queryable,
    private readonly scope: OutboxScope,
  ) {}

  /** Undefined while another relay holds the lease. */
  async take(leaseSeconds: number): Promise<Lease | undefined> {
    const [row] = await this.database.query<LeaseRow>(takeLease, [this.scope, leaseSeconds]);
    if (row === undefined) return undefined;
    return { fencingToken: row.fencingToken, cursor: { xid: row.xid, id: row.id } };
  }

  /**
   * False when the lease was lost. A write, committed after the batch was read: once it has returned,
   * the standby has this commit and so every earlier one, those of the batch included.
   */
  async hold(lease: Lease, leaseSeconds: number): Promise<boolean> {
    const values = [this.scope, lease.fencingToken, leaseSeconds];
    return (await this.database.execute(holdLease, values)) === 1;
  }

  /** False when a newer relay has taken over. */
  async advance(lease: Lease, { xid, id }: Cursor): Promise<boolean> {
    const values = [this.scope, lease.fencingToken, xid, id];
    return (await this.database.execute(advanceCursor, values)) === 1;
  }

  async release(lease: Lease): Promise<void> {
    await this.database.execute(releaseLease, [this.scope, lease.fencingToken]);
  }

  /** Keeps a reference to a row that stays where it is, and why. */
  async park(row: OutboxRow, code: string): Promise<void> {
    const { topic, id, eventId, recordKey, aggregateVersion, type } = row;
    const values = [this.scope, topic, id, eventId, recordKey, aggregateVersion, type, code];
    await this.database.execute(parkUnpublishable, values);
  }

  read({ xid, id }: Cursor, rowsMax: number): Promise<OutboxRow[]> {
    return this.database.query<OutboxRow>(readBatch, [this.scope, xid, id, rowsMax]);
  }
}

/**
 * Deletes what was published long ago and what was received longer ago than a log keeps its records;
 * at most a thousand rows of each at a time. Resolves to the number of rows.
 */
export async function deleteOldMessages(
  database: Queryable,
  hours: { readonly outbox: number; readonly inbox: number },
): Promise<number> {
  const published = await database.execute(deletePublished, [hours.outbox, rowsPerDeletionMax]);
  const received = await database.execute(deleteReceived, [hours.inbox, rowsPerDeletionMax]);
  return published + received;
}

/** Events that a relay kept back and nobody has decided about. */
export async function readParked(database: Queryable, scope: OutboxScope): Promise<number> {
  const [row] = await database.query<{ readonly parked: number }>(countParked, [scope]);
  return row?.parked ?? 0;
}

/** Seconds that the oldest event of a scope has waited for its relay; 0 when none waits. */
export async function readOutboxLag(database: Queryable, scope: OutboxScope): Promise<number> {
  const [row] = await database.query<{ readonly seconds: number }>(oldestWaiting, [scope]);
  return Math.max(0, row?.seconds ?? 0);
}
