import type { CellId } from '@entrepot/kernel';
import { statement, type Queryable } from '@entrepot/platform-database';
import { SharedCall } from '../application/shared-call.ts';
import {
  StockStore,
  type CellStanding,
  type ChannelPlace,
  type FreeUnits,
  type OpenChannel,
  type OwingPool,
  type PoolStanding,
  type Refusal,
} from '../application/stock-store.ts';
import { firstEpoch } from '../domain/cell-stock.ts';
import type { PoolId, PoolPosition } from '../domain/pool.ts';
import type { Reservation, ReservationId } from '../domain/reservation.ts';

const findFree = statement(
  'inventory.find_free',
  `SELECT pool_id AS pool, free FROM inventory.escrow
   WHERE pool_id = ANY ($1::text[]) AND stripe = 0`,
);

const findPositions = statement(
  'inventory.find_positions',
  `SELECT jsonb_build_object('pool', e.pool_id, 'free', e.free, 'credits', e.credits, 'channels', (
     SELECT coalesce(jsonb_agg(jsonb_build_object('peer', q.peer, 'granted', q.granted_total,
       'applied', q.applied_total) ORDER BY q.peer COLLATE "C"), '[]')
     FROM inventory.quota_channel q WHERE q.pool_id = e.pool_id)) AS position
   FROM inventory.escrow e WHERE e.pool_id = ANY ($1::text[]) AND e.stripe = 0`,
);

const reservationColumns = `reservation_id AS id, pool_id AS pool, order_id AS "order", quantity,
  state, expires_at AS "expiresAt"`;

const findReservations = statement(
  'inventory.find_reservations',
  `SELECT ${reservationColumns} FROM inventory.reservation WHERE reservation_id = ANY ($1::uuid[])`,
);

const findDue = statement(
  'inventory.find_due',
  `SELECT ${reservationColumns} FROM inventory.reservation
   WHERE state = 'HELD' AND expires_at <= clock_timestamp() ORDER BY expires_at LIMIT $1`,
);

const findUnacknowledged = statement(
  'inventory.find_unacknowledged',
  `SELECT pool_id AS pool, peer, granted_total AS granted, changed_at AS "changedAt",
     extract(epoch FROM clock_timestamp() - changed_at)::float8 AS "ageSeconds"
   FROM inventory.quota_channel
   WHERE granted_total - peer_acked_total > 0
     AND (changed_at, pool_id, peer) > ($1::timestamptz, $2::text, $3::text)
   ORDER BY changed_at, pool_id, peer LIMIT $4`,
);

const findOwing = statement(
  'inventory.find_owing',
  `SELECT o.pool_id AS pool, o.deficit AS owed,
     coalesce(jsonb_object_agg(c.peer, c.applied_total) FILTER (WHERE c.peer IS NOT NULL), '{}') AS applied
   FROM (SELECT pool_id, deficit FROM inventory.escrow
     WHERE deficit > 0 AND stripe = 0 AND pool_id > $1 ORDER BY pool_id LIMIT $2) o
   LEFT JOIN inventory.quota_channel c USING (pool_id)
   GROUP BY o.pool_id, o.deficit ORDER BY o.pool_id`,
);

const findStandings = statement(
  'inventory.find_standings',
  `SELECT e.pool_id AS pool, e.free,
     coalesce(jsonb_object_agg(c.peer, c.applied_total) FILTER (WHERE c.peer IS NOT NULL), '{}') AS applied
   FROM inventory.escrow e LEFT JOIN inventory.quota_channel c USING (pool_id)
   WHERE e.pool_id = ANY ($1::text[]) AND e.stripe = 0
   GROUP BY e.pool_id, e.free`,
);

const sumOwed = statement(
  'inventory.sum_owed',
  'SELECT coalesce(sum(deficit), 0)::bigint AS owed FROM inventory.escrow WHERE deficit > 0',
);

const findStanding = statement(
  'inventory.find_standing',
  'SELECT e.state, e.epoch FROM inventory.cell_epoch e JOIN cell.identity i USING (cell)',
);

const appendRefusals = statement(
  'inventory.append_refusals',
  `INSERT INTO inventory.stock_refusal (pool_id, quantity, available, started_at, ended_at)
   SELECT pool, quantity, available, "startedAt", "endedAt"
   FROM jsonb_to_recordset($1::jsonb) AS refusal (pool text, quantity bigint, available bigint,
     "startedAt" timestamptz, "endedAt" timestamptz)`,
);

type ReservationRow = Omit<Reservation, 'quantity' | 'expiresAt'> & {
  readonly quantity: bigint;
  readonly expiresAt: Date;
};

const reservationOf = (row: ReservationRow): Reservation => ({
  ...row,
  quantity: Number(row.quantity),
  expiresAt: row.expiresAt.getTime(),
});

/**
 * Reads of the stock tables; takes a database or a connection. What every order asks first is read for
 * all that ask at once.
 */
export class PgStockStore extends StockStore {
  private readonly freeUnits = new SharedCall((pools: readonly PoolId[]) => this.readFree(pools));
  private readonly reservations = new SharedCall((ids: readonly ReservationId[]) =>
    this.readReservations(ids),
  );

  constructor(private readonly database: Queryable) {
    super();
  }

  async findFree(pools: readonly PoolId[]): Promise<FreeUnits[]> {
    const found = await this.freeUnits.with(...pools);
    return [...new Set(pools)].flatMap((pool) => {
      const free = found.get(pool);
      return free === undefined ? [] : [{ pool, free }];
    });
  }

  async findPositions(pools: readonly PoolId[]): Promise<Omit<PoolPosition, 'cell'>[]> {
    type Row = { position: Omit<PoolPosition, 'cell'> };
    const rows = await this.database.query<Row>(findPositions, [pools]);
    return rows.map(({ position }) => position);
  }

  async findReservations(ids: readonly ReservationId[]): Promise<Reservation[]> {
    const found = await this.reservations.with(...ids);
    return [...new Set(ids)].flatMap((id) => found.get(id) ?? []);
  }

  async findDue(limit: number): Promise<Reservation[]> {
    const rows = await this.database.query<ReservationRow>(findDue, [limit]);
    return rows.map(reservationOf);
  }

  async findUnacknowledged(after: ChannelPlace | undefined, limit: number): Promise<OpenChannel[]> {
    type Row = Omit<OpenChannel, 'granted'> & { granted: bigint };
    const { changedAt = '-infinity', pool = '', peer = '' } = after ?? {};
    const rows = await this.database.query<Row>(findUnacknowledged, [changedAt, pool, peer, limit]);
    return rows.map((row) => ({ ...row, granted: Number(row.granted) }));
  }

  async findStandings(pools: readonly PoolId[]): Promise<PoolStanding[]> {
    type Row = { pool: PoolId; free: bigint; applied: Record<CellId, number> };
    const rows = await this.database.query<Row>(findStandings, [pools]);
    return rows.map(({ pool, free, applied }) => ({
      ...{ pool, free: Number(free) },
      applied: totalsOf(applied),
    }));
  }

  async findOwing(after: PoolId | undefined, limit: number): Promise<OwingPool[]> {
    type Row = { pool: PoolId; owed: bigint; applied: Record<CellId, number> };
    const rows = await this.database.query<Row>(findOwing, [after ?? '', limit]);
    return rows.map(({ pool, owed, applied }) => ({
      ...{ pool, owed: Number(owed) },
      applied: totalsOf(applied),
    }));
  }

  async sumOwed(): Promise<number> {
    const [row] = await this.database.query<{ owed: bigint }>(sumOwed);
    return Number(row?.owed ?? 0);
  }

  async findEpoch(): Promise<number> {
    return (await this.findStanding()).epoch;
  }

  async findStanding(): Promise<CellStanding> {
    const [row] = await this.database.query<CellStanding>(findStanding);
    return row ?? { state: 'ACTIVE', epoch: firstEpoch };
  }

  async appendRefusals(refusals: readonly Refusal[]): Promise<void> {
    await this.database.execute(appendRefusals, [JSON.stringify(refusals)]);
  }

  private async readFree(pools: readonly PoolId[]): Promise<ReadonlyMap<PoolId, number>> {
    type Row = { pool: PoolId; free: bigint };
    const rows = await this.database.query<Row>(findFree, [[...new Set(pools)]]);
    return new Map(rows.map(({ pool, free }) => [pool, Number(free)]));
  }

  private async readReservations(
    ids: readonly ReservationId[],
  ): Promise<ReadonlyMap<ReservationId, Reservation>> {
    const rows = await this.database.query<ReservationRow>(findReservations, [ids]);
    return new Map(rows.map((row) => [row.id, reservationOf(row)]));
  }
}

const totalsOf = (applied: Record<CellId, number>): ReadonlyMap<CellId, number> =>
  new Map(Object.entries(applied) as [CellId, number][]);
