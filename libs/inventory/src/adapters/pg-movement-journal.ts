import { setTimeout as wait } from 'node:timers/promises';
import { statement, type Queryable } from '@entrepot/platform-database';
import {
  MovementJournal,
  type MovementPage,
  type TellingLease,
} from '../application/recovery/movement-journal.ts';
import type { Witnessed, WitnessedMovement, WitnessedTotals } from '../domain/witness.ts';

const takeLease = statement(
  'inventory.take_witness_lease',
  `UPDATE inventory.witness_relay SET fencing_token = fencing_token + 1,
     lease_expires_at = clock_timestamp() + make_interval(secs => $1)
   WHERE lease_expires_at < clock_timestamp()
   RETURNING fencing_token AS "fencingToken", told_place AS place`,
);
const holdLease = statement(
  'inventory.hold_witness_lease',
  `UPDATE inventory.witness_relay SET lease_expires_at = clock_timestamp() + make_interval(secs => $2)
   WHERE fencing_token = $1 AND lease_expires_at >= clock_timestamp()`,
);
const advance = statement(
  'inventory.advance_witness',
  `UPDATE inventory.witness_relay SET told_place = $2
   WHERE fencing_token = $1 AND told_place <= $2`,
);
const releaseLease = statement(
  'inventory.release_witness_lease',
  `UPDATE inventory.witness_relay SET lease_expires_at = clock_timestamp() - interval '1 millisecond'
   WHERE fencing_token = $1`,
);
const countUntold = statement(
  'inventory.count_untold',
  `SELECT greatest(coalesce((SELECT max(seq) FROM inventory.escrow_journal), 0) - told_place, 0) AS untold
   FROM inventory.witness_relay`,
);
// The snapshot of a statement is older than what pg_locks shows in it. Who writes the journal holds the shared lock
// of inventory.apply from before its first place to its end: once those who held it now are gone, every place up
// to the highest that was seen has been written, or never will be.
const findEnd = statement(
  'inventory.find_journal_end',
  `SELECT coalesce((SELECT max(seq) FROM inventory.escrow_journal), 0) AS place,
     (SELECT coalesce(array_agg(l.virtualtransaction), '{}') FROM pg_locks l
      WHERE l.locktype = 'advisory' AND l.classid = 7305801 AND l.objid = 1 AND l.objsubid = 2
        AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
       AS writers`,
);
const readPage = statement(
  'inventory.read_movements',
  `SELECT j.seq AS place, inventory.epoch_at(j.seq) AS epoch, j.pool_id AS pool,
     r.reservation_id AS reservation, r.order_id AS "order", r.quantity,
     inventory.state_after(j.movement) AS state,
     q.peer, q.granted_total AS granted, q.applied_total AS applied
   FROM inventory.escrow_journal j
   LEFT JOIN inventory.reservation r ON r.reservation_id =
     CASE WHEN inventory.state_after(j.movement) IS NOT NULL THEN j.reference::uuid END
   LEFT JOIN inventory.quota_channel q ON q.pool_id = j.pool_id AND q.peer =
     CASE WHEN inventory.moves_rights(j.movement) THEN j.reference END
   WHERE j.seq > $1 AND j.seq <= $2 AND (r.reservation_id IS NOT NULL OR q.peer IS NOT NULL)
   ORDER BY j.seq LIMIT $3`,
);
const describePlace = statement(
  'inventory.describe_place',
  'SELECT inventory.epoch_at($1) AS epoch, inventory.incarnation() AS incarnation',
);

const writersGoneWithinMs = 5_000;
const lookAgainMs = 5;

type Row = Omit<WitnessedMovement, 'place' | 'quantity' | 'incarnation'> &
  Pick<WitnessedTotals, 'peer'> & {
    readonly place: bigint;
    readonly quantity: bigint;
    /** Totals as they are now, which is at least what they were at this place; null of a reservation. */
    readonly granted: bigint | null;
    readonly applied: bigint | null;
  };
interface End {
  readonly place: bigint;
  readonly writers: readonly string[];
}

/** A batch did not end for so long that nothing behind its places can be told. */
class WritersStayedError extends Error {
  override readonly name = 'WritersStayedError';
}

/** The journal in PostgreSQL. */
export class PgMovementJournal extends MovementJournal {
  constructor(private readonly database: Queryable) {
    super();
  }

  async findSettled(): Promise<number> {
    const { place, writers } = await this.findEnd();
    let waitedFor = writers;
    const until = performance.now() + writersGoneWithinMs;
    while (waitedFor.length > 0) {
      if (performance.now() > until) throw new WritersStayedError('a batch has not ended');
      await wait(lookAgainMs);
      const now = new Set((await this.findEnd()).writers);
      waitedFor = waitedFor.filter((writer) => now.has(writer));
    }
    return Number(place);
  }

  async countUntold(): Promise<number> {
    const [row] = await this.database.query<{ untold: bigint }>(countUntold);
    return Number(row?.untold ?? 0);
  }

  async take(leaseSeconds: number): Promise<TellingLease | undefined> {
    type Row = { fencingToken: bigint; place: bigint };
    const [row] = await this.database.query<Row>(takeLease, [leaseSeconds]);
    return row && { fencingToken: row.fencingToken, place: Number(row.place) };
  }

  async hold({ fencingToken }: TellingLease, leaseSeconds: number): Promise<boolean> {
    return (await this.database.execute(holdLease, [fencingToken, leaseSeconds])) === 1;
  }

  async read(after: number, upTo: number, limit: number): Promise<MovementPage> {
    const rows = await this.database.query<Row>(readPage, [after, upTo, limit]);
    const last = rows.length < limit ? undefined : rows.at(-1);
    const place = last === undefined ? upTo : Number(last.place);
    type Description = { epoch: number; incarnation: string };
    const [described] = await this.database.query<Description>(describePlace, [place]);
    if (described === undefined) throw new TypeError('a place of the journal has no epoch');
    const { epoch, incarnation } = described;
    return {
      told: rows.map((row) => witnessedOf(row, incarnation)),
      reached: { epoch, place, incarnation },
    };
  }

  async advance({ fencingToken }: TellingLease, place: number): Promise<boolean> {
    return (await this.database.execute(advance, [fencingToken, place])) === 1;
  }

  async release({ fencingToken }: TellingLease): Promise<void> {
    await this.database.execute(releaseLease, [fencingToken]);
  }

  private async findEnd(): Promise<End> {
    const [end] = await this.database.query<End>(findEnd);
    if (end === undefined) throw new TypeError('the journal has no end');
    return end;
  }
}

function witnessedOf(row: Row, incarnation: string): Witnessed {
  const { epoch, pool } = row;
  const at = { incarnation, epoch, place: Number(row.place), pool };
  if (row.granted !== null) {
    const { peer, granted, applied } = row;
    return { ...at, peer, granted: Number(granted), applied: Number(applied) };
  }
  const { reservation, order, state } = row;
  return { ...at, reservation, order, quantity: Number(row.quantity), state };
}
