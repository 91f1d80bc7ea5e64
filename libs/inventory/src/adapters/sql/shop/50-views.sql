-- What the books say about themselves: no rows when all is well.
CREATE VIEW inventory.breach AS
SELECT e.pool_id, 'journal' AS breach, jsonb_build_object('account', x.account,
  'balance', x.balance, 'journal', x.journal) AS found
FROM inventory.escrow e
LEFT JOIN (
  SELECT pool_id,
    coalesce(sum(quantity) FILTER (WHERE movement = 'MINT'), 0) AS minted,
    coalesce(sum(quantity) FILTER (WHERE movement = 'APPLY'), 0) AS applied,
    coalesce(sum(quantity) FILTER (WHERE movement = 'RESERVE'), 0) AS reserved,
    coalesce(sum(quantity) FILTER (WHERE movement = 'CONFIRM'), 0) AS confirmed,
    coalesce(sum(quantity) FILTER (WHERE movement IN ('RELEASE', 'EXPIRE')), 0) AS released,
    coalesce(sum(quantity) FILTER (WHERE movement = 'CANCEL'), 0) AS cancelled,
    coalesce(sum(quantity) FILTER (WHERE movement = 'SHIP'), 0) AS shipped,
    coalesce(sum(quantity) FILTER (WHERE movement = 'GRANT'), 0) AS granted,
    coalesce(sum(quantity) FILTER (WHERE movement = 'WRITE_OFF'), 0) AS written_off
  FROM inventory.escrow_journal GROUP BY pool_id
) m USING (pool_id)
CROSS JOIN LATERAL (VALUES
  ('MINTED', e.minted, m.minted), ('APPLIED', e.applied, m.applied),
  ('FREE', e.free, m.minted + m.applied + m.released + m.cancelled - m.reserved - m.granted
    - m.written_off),
  ('HELD', e.held, m.reserved - m.confirmed - m.released),
  ('SOLD', e.sold, m.confirmed - m.cancelled - m.shipped),
  ('SHIPPED', e.shipped, m.shipped), ('GRANTED', e.granted, m.granted),
  ('WRITTEN_OFF', e.written_off, m.written_off)
) AS x(account, balance, journal)
WHERE e.stripe = 0 AND x.balance <> coalesce(x.journal, 0)
UNION ALL
SELECT e.pool_id, 'reservations', jsonb_build_object('held', e.held, 'heldByReservations', r.held,
  'sold', e.sold, 'soldByReservations', r.sold, 'shipped', e.shipped,
  'shippedByReservations', r.shipped)
FROM inventory.escrow e
LEFT JOIN (
  SELECT pool_id, sum(quantity) FILTER (WHERE state = 'HELD') AS held,
    sum(quantity) FILTER (WHERE state = 'CONFIRMED') AS sold,
    sum(quantity) FILTER (WHERE state = 'SHIPPED') AS shipped
  FROM inventory.reservation GROUP BY pool_id
) r USING (pool_id)
WHERE e.stripe = 0 AND (coalesce(r.held, 0), coalesce(r.sold, 0), coalesce(r.shipped, 0))
  IS DISTINCT FROM (e.held::numeric, e.sold::numeric, e.shipped::numeric)
UNION ALL
SELECT e.pool_id, 'channels', jsonb_build_object('granted', e.granted, 'byChannels', c.granted,
  'applied', e.applied, 'appliedByChannels', c.applied)
FROM inventory.escrow e
LEFT JOIN (
  SELECT pool_id, sum(granted_total) AS granted, sum(applied_total) AS applied
  FROM inventory.quota_channel GROUP BY pool_id
) c USING (pool_id)
WHERE e.stripe = 0 AND (coalesce(c.granted, 0), coalesce(c.applied, 0))
  IS DISTINCT FROM (e.granted::numeric, e.applied::numeric)
UNION ALL
SELECT s.pool_id, 'minted away from home', jsonb_build_object('home', s.home_cell,
  'minted', e.minted)
FROM inventory.stock_pool s JOIN inventory.escrow e USING (pool_id) JOIN cell.identity i ON true
WHERE e.minted > 0 AND s.home_cell <> i.cell;
