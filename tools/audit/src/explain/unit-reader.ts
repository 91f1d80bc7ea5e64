import type { ChannelTotals } from '../check-stock.ts';
import { inSnapshot } from '../snapshot.ts';
import type { Reader } from '../snapshot.ts';
import type {
  ExplainedMovement,
  GivenUnits,
  OrderUnits,
  PoolOfCell,
  UnitsOfCell,
} from './unit-books.ts';

const headSql = `
SELECT coalesce(e.epoch, 1) AS epoch, coalesce(e.state, 'ACTIVE') AS state
FROM cell.identity i LEFT JOIN inventory.cell_epoch e USING (cell)`;

const poolsSql = `
SELECT e.pool_id AS pool, s.home_cell AS home, e.minted::float8, e.applied::float8, e.free::float8,
  e.held::float8, e.sold::float8, e.shipped::float8, e.granted::float8,
  e.written_off::float8 AS "writtenOff", e.transferred::float8, e.deficit::float8,
  e.safety::float8, e.quarantine::float8, e.suspense::float8
FROM inventory.escrow e JOIN inventory.stock_pool s USING (pool_id)
WHERE s.sku = $1 AND e.stripe = 0 ORDER BY e.pool_id`;

const channelsSql = `
SELECT pool_id AS pool, peer, granted_total::float8 AS granted, applied_total::float8 AS applied,
  peer_acked_total::float8 AS acked
FROM inventory.quota_channel WHERE pool_id = ANY ($1) ORDER BY peer`;

const withPeer = `movement IN ('GRANT', 'GRANT_FROM_SUSPENSE', 'GRANT_FROM_DEFICIT', 'APPLY',
  'APPLY_TO_SUSPENSE')`;

const journalSql = `
SELECT pool_id AS pool, movement, CASE WHEN ${withPeer} THEN reference END AS peer,
  sum(quantity)::float8 AS units, count(*)::float8 AS entries
FROM inventory.escrow_journal WHERE pool_id = ANY ($1) GROUP BY 1, 2, 3`;

/** The newest of each pool, so that a busy pool does not hide the history of another. */
const newest = (columns: string, where: string) => `
SELECT n.* FROM unnest($1::text[]) AS p(pool) CROSS JOIN LATERAL (
  SELECT ${columns} FROM inventory.escrow_journal
  WHERE pool_id = p.pool AND ${where} ORDER BY seq DESC LIMIT $2) n`;

const movementsSql = newest(
  `pool_id AS pool, movement, quantity::float8 AS units, reference,
   (extract(epoch FROM recorded_at) * 1000)::float8 AS at`,
  'true',
);

const givenSql = newest(
  `pool_id AS pool, reference AS peer, quantity::float8 AS units,
   (extract(epoch FROM recorded_at) * 1000)::float8 AS at`,
  `movement IN ('GRANT', 'GRANT_FROM_SUSPENSE', 'GRANT_FROM_DEFICIT')`,
);

const ordersOfSql = `
SELECT reservation_id::text AS reference, order_id AS name
FROM inventory.reservation WHERE reservation_id = ANY ($1::uuid[])`;

const actsOfSql = `
SELECT document_id::text AS reference, kind AS name
FROM inventory.stock_document WHERE document_id = ANY ($1::uuid[])`;

const reservationsSql = `
SELECT pool_id AS pool, state, sum(quantity)::float8 AS units,
  count(DISTINCT order_id)::float8 AS orders
FROM inventory.reservation WHERE pool_id = ANY ($1) GROUP BY 1, 2`;

const openOrdersSql = `
SELECT n.* FROM unnest($1::text[]) AS p(pool) CROSS JOIN LATERAL (
  SELECT pool_id AS pool, order_id AS "orderId", state, quantity::float8 AS units,
    (extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAt"
  FROM inventory.reservation WHERE pool_id = p.pool AND state IN ('HELD', 'CONFIRMED')
  ORDER BY state DESC, changed_at DESC LIMIT $2) n`;

type Of<T> = T & { readonly pool: string };
interface JournalRow {
  readonly pool: string;
  readonly movement: string;
  readonly peer: string | null;
  readonly units: number;
  readonly entries: number;
}
interface ReservedRow {
  readonly pool: string;
  readonly state: string;
  readonly units: number;
  readonly orders: number;
}
type MovementRow = Of<Omit<ExplainedMovement, 'act'>>;

/** How many givings are looked back at to say since when units are on their way. */
export const givenLookedAtMax = 200;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

async function nameReferences(
  read: Reader,
  rows: readonly MovementRow[],
): Promise<Of<ExplainedMovement>[]> {
  type Named = { readonly reference: string; readonly name: string };
  const ids = [...new Set(rows.map(({ reference }) => reference).filter((id) => uuid.test(id)))];
  const namesBy = async (sql: string) => {
    const named = await read<Named>(sql, [ids]);
    return new Map(named.map(({ reference, name }) => [reference, name]));
  };
  const orders = await namesBy(ordersOfSql);
  const acts = await namesBy(actsOfSql);
  return rows.map((row) => ({
    ...row,
    reference: orders.get(row.reference) ?? row.reference,
    act: acts.get(row.reference),
  }));
}

/**
 * Where the units of an article are in one cell, by its auditor's login and in one snapshot. `newest` bounds the
 * movements and the orders of each pool.
 */
export const readUnits = (
  url: string,
  { cell, sku, newest: limit }: { cell: string; sku: string; newest: number },
): Promise<UnitsOfCell> =>
  inSnapshot(url, async (read) => {
    const [head] = await read<{ epoch: number; state: string }>(headSql);
    const pools = await read<PoolOfCell['balances']>(poolsSql, [sku]);
    const ids = pools.map(({ pool }) => pool);
    const channels = await read<ChannelTotals>(channelsSql, [ids]);
    const journal = await read<JournalRow>(journalSql, [ids]);
    const reserved = await read<ReservedRow>(reservationsSql, [ids]);
    const orders = await read<Of<OrderUnits>>(openOrdersSql, [ids, limit]);
    const given = await read<Of<GivenUnits>>(givenSql, [ids, givenLookedAtMax]);
    const moved = await read<MovementRow>(movementsSql, [ids, limit]);
    const movements = await nameReferences(read, moved);
    const of = <T>(pool: string, rows: readonly Of<T>[]) => rows.filter((row) => row.pool === pool);
    const ordersIn = (pool: string, state: string) =>
      of(pool, reserved).find((row) => row.state === state)?.orders ?? 0;
    return {
      cell,
      takenAt: new Date().toISOString(),
      epoch: head?.epoch ?? 1,
      state: head?.state ?? 'ACTIVE',
      pools: pools.map((balances) => {
        const { pool } = balances;
        return {
          balances,
          channels: of(pool, channels),
          journal: of(pool, journal).map((row) => ({ ...row, peer: row.peer ?? undefined })),
          reservations: of(pool, reserved),
          orders: { holding: ordersIn(pool, 'HELD'), bought: ordersIn(pool, 'CONFIRMED') },
          newestOrders: of(pool, orders),
          newestGiven: of(pool, given),
          movements: of(pool, journal).reduce((sum, { entries }) => sum + entries, 0),
          newestMovements: of(pool, movements),
        };
      }),
    };
  });

/** The channels of an article alone, for the second look. */
export const readChannels = (url: string, sku: string): Promise<ChannelTotals[]> =>
  inSnapshot(url, async (read) => {
    const pools = await read<{ pool: string }>(poolsSql, [sku]);
    return read<ChannelTotals>(channelsSql, [pools.map(({ pool }) => pool)]);
  });
