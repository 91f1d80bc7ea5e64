import { statement } from '@entrepot/platform-database';

/** Every movement of a reservation, with the state that it leaves, and the states that can follow. */
const endings = `(VALUES
  ('RESERVE', 'HELD', '{CONFIRMED,RELEASED,EXPIRED,CANCELLED,SHIPPED}'::text[]),
  ('READOPT', 'HELD', '{CONFIRMED,RELEASED,EXPIRED,CANCELLED,SHIPPED}'),
  ('READOPT_FROM_SUSPENSE', 'HELD', '{CONFIRMED,RELEASED,EXPIRED,CANCELLED,SHIPPED}'),
  ('READOPT_FROM_DEFICIT', 'HELD', '{CONFIRMED,RELEASED,EXPIRED,CANCELLED,SHIPPED}'),
  ('CONFIRM', 'CONFIRMED', '{CANCELLED,SHIPPED}'), ('RELEASE', 'RELEASED', '{}'),
  ('EXPIRE', 'EXPIRED', '{}'), ('CANCEL', 'CANCELLED', '{}'), ('SHIP', 'SHIPPED', '{}')
) AS ending (movement, state, followers)`;

const crossing = `('GRANT', 'GRANT_FROM_SUSPENSE', 'GRANT_FROM_DEFICIT', 'APPLY', 'APPLY_TO_SUSPENSE')`;

const foundBooks = `jsonb_build_object('home', s.home_cell, 'balances', jsonb_build_object(
  'SUPPLY', e.minted, 'APPLIED', e.applied, 'DEFICIT', e.deficit, 'FREE', e.free, 'HELD', e.held,
  'SOLD', e.sold, 'SHIPPED', e.shipped, 'SAFETY', e.safety, 'QUARANTINE', e.quarantine,
  'SUSPENSE', e.suspense, 'GRANTED', e.granted, 'WRITTEN_OFF', e.written_off,
  'TRANSFERRED', e.transferred),
  'channels', coalesce((SELECT jsonb_object_agg(q.peer, jsonb_build_object(
    'granted', q.granted_total, 'applied', q.applied_total, 'acked', q.peer_acked_total))
    FROM inventory.quota_channel q WHERE q.pool_id = e.pool_id), '{}'))`;

/** How many windows of entries may wait below the end for a transaction that is still under way. */
const windowsUnsettledMax = 25;

/**
 * A window of the journal in the snapshot of one statement. A pool's entries are written under its lock, so
 * their numbers are in the order of their commits, and what a snapshot shows of them has no gap: each pool remembers its
 * own position. Between pools a lower number may be committed later: the window begins at a mark below which nobody can write any
 * more. Whoever writes an entry has a transaction id before it has a number, so all that are missing below the last number have an id
 * below one that is drawn in the statement; `xmax` of the snapshot may be lower.
 */
export const readWindow = statement(
  'inventory.audit_window',
  `WITH mark AS (
     SELECT coalesce(s.low, 0) AS low, coalesce(s.candidate, 0) AS candidate,
       coalesce(s.horizon, 0) AS horizon, coalesce(s.reached, 0) AS reached,
       coalesce(s.cursor, '') AS cursor, coalesce(s.round, 1) AS round,
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= coalesce(s.horizon, 0) AS is_settled
     FROM (VALUES (1)) AS one (row) LEFT JOIN inventory.audit_scan s ON s.scan = $1
   ), edge AS MATERIALIZED (
     SELECT mark.*, upto, upto >= tip.seq AS is_at_end FROM mark
     CROSS JOIN (SELECT coalesce(max(seq), 0) AS seq FROM inventory.escrow_journal) AS tip
     CROSS JOIN LATERAL (SELECT greatest(reached, least(tip.seq, reached + $2::bigint,
       CASE WHEN is_settled THEN candidate ELSE low END + ${windowsUnsettledMax} * $2::bigint))) AS u (upto)
   ), entries AS MATERIALIZED (
     SELECT j.seq, j.pool_id, j.movement, j.quantity, j.reference
     FROM edge JOIN inventory.escrow_journal j ON j.seq > edge.low AND j.seq <= edge.upto
     LEFT JOIN inventory.audited_pool a
       ON a.scan = $1 AND a.pool_id = j.pool_id AND a.round = edge.round
     WHERE j.seq > coalesce(a.position, 0)
   ), parts AS (
     SELECT pool_id, movement, CASE WHEN movement IN ${crossing} THEN reference END AS peer,
       sum(quantity) AS units, max(seq) AS position
     FROM entries GROUP BY 1, 2, 3
   ), fresh AS (
     SELECT pool_id, max(position) AS position, jsonb_agg(jsonb_build_object(
       'movement', movement, 'peer', peer, 'units', units)) AS parts
     FROM parts GROUP BY pool_id
   ), slice AS MATERIALIZED (
     SELECT p.pool_id FROM edge CROSS JOIN LATERAL (
       SELECT pool_id FROM inventory.stock_pool WHERE pool_id > edge.cursor
       ORDER BY pool_id LIMIT $3::int) AS p
     WHERE edge.is_at_end
   ), due AS MATERIALIZED (
     SELECT d.pool_id FROM edge CROSS JOIN LATERAL (
       SELECT a.pool_id FROM inventory.audited_pool a
       WHERE a.is_due AND a.scan = $1 AND a.round = edge.round
       ORDER BY a.pool_id LIMIT $3::int) AS d
     WHERE edge.is_at_end
   ), chosen AS (
     SELECT pool_id FROM fresh UNION SELECT pool_id FROM slice UNION SELECT pool_id FROM due
   ), pools AS (
     SELECT jsonb_build_object('pool', c.pool_id, 'before', a.sums, 'fresh', coalesce(f.parts, '[]'),
       'position', greatest(f.position, a.position, 0)::text,
       'found', CASE WHEN e.pool_id IS NOT NULL THEN ${foundBooks} END) AS pool
     FROM chosen c CROSS JOIN edge
     LEFT JOIN fresh f ON f.pool_id = c.pool_id
     LEFT JOIN inventory.stock_pool s ON s.pool_id = c.pool_id
     LEFT JOIN inventory.escrow e ON e.pool_id = c.pool_id AND e.stripe = 0
     LEFT JOIN inventory.audited_pool a
       ON a.scan = $1 AND a.pool_id = c.pool_id AND a.round = edge.round
   ), lasts AS (
     SELECT DISTINCT ON (reference) reference, pool_id, movement, quantity, state, followers
     FROM entries JOIN ${endings} USING (movement) ORDER BY reference, seq DESC
   ), strays AS (
     SELECT jsonb_build_object('pool', l.pool_id, 'fault', 'RESERVATION_DIFFERS', 'figures',
       jsonb_build_object('reservation', l.reference, 'journal', l.state, 'units', l.quantity,
         'state', coalesce(r.state, 'missing'), 'reserved', coalesce(r.quantity, 0))) AS stray
     FROM lasts l CROSS JOIN edge
     LEFT JOIN inventory.reservation r ON r.reservation_id = l.reference::uuid
     WHERE r.reservation_id IS NULL OR r.pool_id <> l.pool_id
       OR r.quantity <> l.quantity AND l.movement NOT LIKE 'READOPT%'
       OR r.state <> l.state AND (edge.is_at_end OR r.state <> ALL (l.followers))
     LIMIT 100
   )
   SELECT low, candidate, horizon, reached, cursor, round, upto, is_at_end AS "isAtEnd",
     CASE WHEN is_settled THEN candidate ELSE low END AS "nextLow",
     CASE WHEN is_settled THEN upto ELSE candidate END AS "nextCandidate",
     CASE WHEN is_settled THEN pg_current_xact_id()::text::bigint ELSE horizon END AS "nextHorizon",
     is_at_end AND (SELECT count(*) FROM due) < $3::int AS "isCaughtUp",
     (SELECT count(*) FROM slice) < $3::int AS "isLastSlice",
     coalesce((SELECT max(pool_id) FROM slice), cursor) AS "nextCursor",
     coalesce((SELECT jsonb_agg(pool) FROM pools), '[]') AS pools,
     coalesce((SELECT jsonb_agg(stray) FROM strays), '[]') AS strays,
     -- of the transaction, which is this statement: its begin is before the snapshot, an execution after it
     transaction_timestamp() AS "notBefore", clock_timestamp() AS "notAfter",
     coalesce(own.epoch, 1) AS epoch, coalesce(own.state, 'ACTIVE') AS state
   FROM edge CROSS JOIN cell.identity i LEFT JOIN inventory.cell_epoch own ON own.cell = i.cell`,
);

export const moveScan = statement(
  'inventory.audit_move_scan',
  `INSERT INTO inventory.audit_scan AS s (scan, low, candidate, horizon, reached, cursor, round)
   VALUES ($1, $2, $3, $4, $5, $6, $7)
   ON CONFLICT (scan) DO UPDATE SET low = excluded.low, candidate = excluded.candidate,
     horizon = excluded.horizon, reached = excluded.reached, cursor = excluded.cursor,
     round = excluded.round, moved_at = now()
   WHERE (s.low, s.candidate, s.horizon, s.reached, s.cursor, s.round)
     = ($8, $9, $10, $11, $12, $13)`,
);

export const keepSums = statement(
  'inventory.audit_keep_sums',
  `INSERT INTO inventory.audited_pool AS a (scan, pool_id, round, position, sums, is_due)
   SELECT $1, pool, $2, position, sums, "isDue"
   FROM jsonb_to_recordset($3::jsonb) AS kept (pool text, position bigint, sums jsonb, "isDue" boolean)
   ON CONFLICT (scan, pool_id) DO UPDATE SET round = excluded.round, position = excluded.position,
     sums = excluded.sums, is_due = excluded.is_due
   WHERE (a.round, a.position, a.is_due) <> (excluded.round, excluded.position, excluded.is_due)`,
);

/** A reservation that differs is looked at again itself: its pool may be in order without it. */
export const clearFindings = statement(
  'inventory.audit_clear_findings',
  `UPDATE inventory.audit_finding f SET cleared_at = now()
   WHERE f.scan = $1 AND f.cleared_at IS NULL AND CASE f.fault
     WHEN 'RESERVATION_DIFFERS' THEN EXISTS (
       SELECT FROM inventory.reservation r WHERE r.reservation_id = (f.figures ->> 'reservation')::uuid
         AND r.state = f.figures ->> 'journal' AND r.quantity = (f.figures ->> 'units')::bigint)
     ELSE f.pool_id = ANY ($2::text[]) AND NOT EXISTS (
       SELECT FROM jsonb_to_recordset($3::jsonb) AS still (pool text, fault text)
       WHERE still.pool = f.pool_id AND still.fault = f.fault) END`,
);

export const keepFindings = statement(
  'inventory.audit_keep_findings',
  `INSERT INTO inventory.audit_finding AS f (scan, pool_id, fault, figures)
   SELECT $1, pool, fault, figures
   FROM jsonb_to_recordset($2::jsonb) AS found (pool text, fault text, figures jsonb)
   ON CONFLICT (scan, pool_id, fault) DO UPDATE SET figures = excluded.figures, seen_at = now(),
     found_at = CASE WHEN f.cleared_at IS NULL THEN f.found_at ELSE now() END, cleared_at = NULL`,
);

export const countOpen = statement(
  'inventory.audit_count_open',
  `SELECT fault, count(DISTINCT pool_id)::int AS pools FROM inventory.audit_finding
   WHERE cleared_at IS NULL GROUP BY fault`,
);

export const measureDelay = statement(
  'inventory.audit_measure_delay',
  `SELECT coalesce(extract(epoch FROM clock_timestamp() - s.moved_at)::float8, 'Infinity') AS seconds,
     (coalesce((SELECT max(seq) FROM inventory.escrow_journal), 0) - coalesce(s.reached, 0))::float8 AS entries
   FROM (VALUES (1)) AS one (row) LEFT JOIN inventory.audit_scan s ON s.scan = 'tip'`,
);

export const lastVector = statement(
  'inventory.audit_last_vector',
  `SELECT number, digest FROM inventory.conservation_vector ORDER BY number DESC LIMIT 1`,
);

export const appendVector = statement(
  'inventory.audit_append_vector',
  `INSERT INTO inventory.conservation_vector (number, body, digest, taken_at)
   VALUES ($1, $2, $3, $4)`,
);

export const dropOldVectors = statement(
  'inventory.audit_drop_old_vectors',
  'DELETE FROM inventory.conservation_vector WHERE number <= $1',
);

export const countUnsigned = statement(
  'inventory.audit_count_unsigned',
  'SELECT count(*)::int AS vectors FROM inventory.conservation_vector WHERE signature IS NULL',
);
