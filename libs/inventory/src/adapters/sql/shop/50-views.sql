-- What the books say about themselves: no rows when all is well.
CREATE VIEW inventory.breach AS
SELECT e.pool_id, 'journal' AS breach, jsonb_build_object('account', x.account,
  'balance', x.balance, 'journal', coalesce(t.units, 0)) AS found
FROM inventory.escrow e
CROSS JOIN LATERAL (VALUES
  ('MINTED', e.minted), ('APPLIED', e.applied), ('DEFICIT', e.deficit), ('FREE', e.free),
  ('HELD', e.held), ('SOLD', e.sold), ('SHIPPED', e.shipped), ('SAFETY', e.safety),
  ('QUARANTINE', e.quarantine), ('SUSPENSE', e.suspense), ('GRANTED', e.granted),
  ('WRITTEN_OFF', e.written_off), ('TRANSFERRED', e.transferred)
) AS x(account, balance)
LEFT JOIN (
  SELECT m.pool_id, s.account, sum(m.units * s.sign) AS units
  FROM (
    SELECT pool_id, movement, sum(quantity) AS units
    FROM inventory.escrow_journal GROUP BY pool_id, movement
  ) m
  JOIN (VALUES
    ('MINT', 'MINTED', 'FREE'), ('MINT_TO_QUARANTINE', 'MINTED', 'QUARANTINE'),
    ('APPLY', 'APPLIED', 'FREE'), ('APPLY_TO_SUSPENSE', 'APPLIED', 'SUSPENSE'),
    ('RESERVE', 'FREE', 'HELD'), ('CONFIRM', 'HELD', 'SOLD'), ('RELEASE', 'HELD', 'FREE'),
    ('EXPIRE', 'HELD', 'FREE'), ('CANCEL', 'SOLD', 'FREE'), ('SHIP', 'SOLD', 'SHIPPED'),
    ('GRANT', 'FREE', 'GRANTED'), ('GRANT_FROM_SUSPENSE', 'SUSPENSE', 'GRANTED'),
    ('GRANT_FROM_DEFICIT', 'DEFICIT', 'GRANTED'), ('READOPT', 'FREE', 'HELD'),
    ('READOPT_FROM_SUSPENSE', 'SUSPENSE', 'HELD'), ('READOPT_FROM_DEFICIT', 'DEFICIT', 'HELD'),
    ('WRITE_OFF', 'FREE', 'WRITTEN_OFF'), ('WRITE_OFF_FROM_SAFETY', 'SAFETY', 'WRITTEN_OFF'),
    ('WRITE_OFF_FROM_QUARANTINE', 'QUARANTINE', 'WRITTEN_OFF'),
    ('WRITE_OFF_FROM_DEFICIT', 'DEFICIT', 'WRITTEN_OFF'), ('SET_ASIDE', 'FREE', 'QUARANTINE'),
    ('SET_ASIDE_FROM_DEFICIT', 'DEFICIT', 'QUARANTINE'), ('CLEAR', 'QUARANTINE', 'FREE'),
    ('KEEP_SAFE', 'FREE', 'SAFETY'), ('FREE_SAFETY', 'SAFETY', 'FREE'),
    ('TRANSFER', 'FREE', 'TRANSFERRED'), ('RESOLVE', 'SUSPENSE', 'FREE'),
    ('SETTLE', 'FREE', 'DEFICIT')
  ) AS w(movement, source, target) USING (movement)
  -- From a source units come without its falling: it counts them.
  CROSS JOIN LATERAL (VALUES
    (w.source, CASE WHEN w.source IN ('MINTED', 'APPLIED', 'DEFICIT') THEN 1 ELSE -1 END),
    (w.target, CASE WHEN w.target = 'DEFICIT' THEN -1 ELSE 1 END)
  ) AS s(account, sign)
  GROUP BY m.pool_id, s.account
) t ON t.pool_id = e.pool_id AND t.account = x.account
WHERE e.stripe = 0 AND x.balance <> coalesce(t.units, 0)
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
SELECT e.pool_id, 'documents', jsonb_build_object('documents', e.documents,
  'written', coalesce(d.documents, 0), 'dispatched', e.dispatched,
  'dispatchedByDocuments', coalesce(d.dispatched, 0))
FROM inventory.escrow e
LEFT JOIN (
  SELECT pool_id, count(*) AS documents,
    sum(quantity) FILTER (WHERE kind = 'dispatch') AS dispatched
  FROM inventory.stock_document GROUP BY pool_id
) d USING (pool_id)
WHERE e.stripe = 0 AND (coalesce(d.documents, 0), coalesce(d.dispatched, 0))
  IS DISTINCT FROM (e.documents, e.dispatched::numeric)
UNION ALL
SELECT s.pool_id, 'a shelf is spoken for away from home', jsonb_build_object('home', s.home_cell,
  'minted', e.minted, 'writtenOff', e.written_off, 'transferred', e.transferred,
  'safety', e.safety, 'quarantine', e.quarantine, 'dispatched', e.dispatched)
FROM inventory.stock_pool s JOIN inventory.escrow e USING (pool_id) JOIN cell.identity i ON true
WHERE s.home_cell <> i.cell AND e.stripe = 0
  AND e.minted + e.written_off + e.transferred + e.safety + e.quarantine + e.dispatched > 0;
