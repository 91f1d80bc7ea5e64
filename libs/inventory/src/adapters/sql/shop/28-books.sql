-- Opening books and reading positions: parts of inventory.apply that a reservation of what is there never
-- calls.

-- A cell opens books for a pool when its first units may arrive: by a document at home, from a peer, or by
-- what a recovery brings back.
CREATE FUNCTION inventory.open_books(kinds text[], pools text[], homes text[], totals bigint[],
  own_cell text, state text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO inventory.stock_pool (pool_id, sku, warehouse, home_cell)
  SELECT DISTINCT ON (u.pool) u.pool, split_part(u.pool, '/', 2), split_part(u.pool, '/', 1), u.home
  FROM unnest(kinds, pools, homes, totals) WITH ORDINALITY AS u(kind, pool, home, total, i)
  WHERE CASE
    WHEN u.kind IN ('mint', 'count') THEN state = 'ACTIVE' AND u.home = own_cell
    WHEN u.kind = 'apply' THEN state = 'ACTIVE' AND u.total > 0
    ELSE state = 'RECOVERING' AND u.kind IN ('repair', 'readopt') END
  ORDER BY u.pool, u.i
  ON CONFLICT DO NOTHING;
  INSERT INTO inventory.escrow (pool_id)
  SELECT s.pool_id FROM inventory.stock_pool s WHERE s.pool_id = ANY (pools)
  ORDER BY s.pool_id COLLATE "C"
  ON CONFLICT DO NOTHING;
END $$;

-- How these pools stand, without those that this cell has no books of.
CREATE FUNCTION inventory.positions_of(pools text[]) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('pool', e.pool_id, 'free', e.free,
    'credits', e.credits, 'channels', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('peer', q.peer, 'granted', q.granted_total,
        'applied', q.applied_total) ORDER BY q.peer COLLATE "C"), '[]')
      FROM inventory.quota_channel q WHERE q.pool_id = e.pool_id))), '[]')
  FROM inventory.escrow e
  WHERE e.stripe = 0 AND e.pool_id = ANY (pools)
$$;
