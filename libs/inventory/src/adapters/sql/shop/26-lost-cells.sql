-- Cells that people have declared lost, and what a recovery leaves for people to decide.

ALTER TABLE inventory.lost_cell
  ADD CONSTRAINT lost_cell_peer_is_a_cell CHECK (peer ~ '^[a-z]{2}-[1-9][0-9]{0,2}$'),
  ADD CONSTRAINT lost_cell_fence_is_known CHECK (
    fence IN ('ingress-closed', 'credentials-revoked', 'power-off', 'destroyed')),
  ADD CONSTRAINT lost_cell_staff_form CHECK (
    proposed_by ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'
    AND approved_by ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT lost_cell_four_eyes CHECK (approved_by <> proposed_by),
  ADD CONSTRAINT lost_cell_is_approved_whole CHECK (
    num_nulls(approved_by, approved_at, closed_below) IN (0, 3)),
  ADD CONSTRAINT lost_cell_returns_after_approval CHECK (returned_at IS NULL OR approved_at IS NOT NULL);
CREATE UNIQUE INDEX lost_cell_once ON inventory.lost_cell (peer)
  WHERE approved_at IS NOT NULL AND returned_at IS NULL;
ALTER TABLE inventory.lost_cell_claim
  ADD CONSTRAINT lost_cell_claim_takes_something CHECK (quantity > 0 AND applied_then >= 0),
  ADD CONSTRAINT lost_cell_claim_is_declared
    FOREIGN KEY (declaration_id) REFERENCES inventory.lost_cell (declaration_id);
ALTER TABLE inventory.recovery_case
  ADD CONSTRAINT recovery_case_kind_is_known CHECK (
    kind IN ('AT_RISK_UNITS', 'SUSPENDED_UNITS', 'OWED_UNITS', 'FORGOTTEN_SALE')),
  ADD CONSTRAINT recovery_case_is_about_units CHECK (quantity > 0),
  ADD CONSTRAINT recovery_case_decision_fits CHECK (
    CASE kind WHEN 'FORGOTTEN_SALE' THEN decision IN ('kept', 'cancelled', 'substituted', 'back-ordered')
      WHEN 'OWED_UNITS' THEN decision = 'settled' ELSE decision = 'counted' END),
  ADD CONSTRAINT recovery_case_is_decided_whole CHECK (
    num_nulls(decision, decided_by, decided_at) IN (0, 3)),
  ADD CONSTRAINT recovery_case_staff_form CHECK (decided_by ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$');
CREATE UNIQUE INDEX recovery_case_once ON inventory.recovery_case (kind, reference, pool_id)
  WHERE decided_at IS NULL;
CREATE INDEX recovery_case_undecided ON inventory.recovery_case (seq) WHERE decided_at IS NULL;

CREATE TRIGGER lost_cell_is_approved_once BEFORE UPDATE ON inventory.lost_cell FOR EACH ROW
  WHEN (NEW.declaration_id <> OLD.declaration_id OR NEW.peer <> OLD.peer OR NEW.fence <> OLD.fence
    OR NEW.proposed_by <> OLD.proposed_by OR NEW.proposed_at <> OLD.proposed_at
    OR OLD.approved_at IS NOT NULL AND (NEW.approved_by, NEW.approved_at, NEW.closed_below)
      IS DISTINCT FROM (OLD.approved_by, OLD.approved_at, OLD.closed_below)
    OR OLD.returned_at IS NOT NULL)
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER lost_cell_stays BEFORE DELETE ON inventory.lost_cell FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER claim_is_fixed_once BEFORE UPDATE ON inventory.lost_cell_claim FOR EACH ROW
  WHEN (OLD.applied_then IS NOT NULL OR NEW.declaration_id <> OLD.declaration_id
    OR NEW.pool_id <> OLD.pool_id OR NEW.quantity <> OLD.quantity)
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER claim_stays BEFORE DELETE ON inventory.lost_cell_claim FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER case_is_decided_once BEFORE UPDATE ON inventory.recovery_case FOR EACH ROW
  WHEN (OLD.decided_at IS NOT NULL OR NEW.seq <> OLD.seq OR NEW.kind <> OLD.kind
    OR NEW.pool_id <> OLD.pool_id OR NEW.reference <> OLD.reference
    OR NEW.quantity <> OLD.quantity OR NEW.epoch <> OLD.epoch)
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER case_stays BEFORE DELETE ON inventory.recovery_case FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();

-- The second person says so too. Closes the door to all that the lost cell said so far, fixes what is taken back
-- from it, begins a recovery and takes it, as if the lost cell had given it back: in one commit, so that the lost
-- cell, should it come back and ask, is told of all of it. No batch is under way meanwhile. Returns what became of it.
CREATE FUNCTION inventory.declare_lost(declared uuid, approver text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  said inventory.lost_cell; heard int; begun int;
BEGIN
  PERFORM pg_advisory_xact_lock(7305801, 1);
  SELECT l.* INTO said FROM inventory.lost_cell l WHERE l.declaration_id = declared FOR UPDATE;
  IF NOT FOUND THEN
    RETURN 'UNKNOWN';
  ELSIF said.proposed_by = approver THEN
    RETURN 'SAME_PERSON';
  ELSIF said.approved_at IS NOT NULL THEN
    RETURN CASE WHEN said.approved_by = approver THEN 'DECLARED' ELSE 'DECLARED_BEFORE' END;
  ELSIF said.proposed_at < now() - interval '1 hour' THEN
    RETURN 'LAPSED';
  ELSIF EXISTS (SELECT FROM inventory.lost_cell o WHERE o.peer = said.peer
      AND o.approved_at IS NOT NULL AND o.returned_at IS NULL) THEN
    RETURN 'DECLARED_BEFORE';
  ELSIF EXISTS (
    SELECT FROM inventory.lost_cell_claim m
    LEFT JOIN inventory.quota_channel q ON q.pool_id = m.pool_id AND q.peer = said.peer
    WHERE m.declaration_id = declared
      AND m.quantity > coalesce(q.granted_total - q.applied_total, 0)
  ) THEN
    RETURN 'TOO_MANY';
  END IF;
  UPDATE inventory.lost_cell_claim m SET applied_then = q.applied_total
  FROM inventory.quota_channel q
  WHERE m.declaration_id = declared AND q.pool_id = m.pool_id AND q.peer = said.peer;
  SELECT inventory.hear_epoch(said.peer, coalesce(max(h.epoch), 1) + 1) INTO heard
  FROM inventory.peer_epoch h WHERE h.peer = said.peer;
  UPDATE inventory.lost_cell SET approved_by = approver, approved_at = now(), closed_below = heard
  WHERE declaration_id = declared;
  begun := inventory.begin_recovery(0);
  INSERT INTO inventory.recovery_case (epoch, kind, pool_id, reference, quantity)
  SELECT begun, 'AT_RISK_UNITS', m.pool_id, said.peer, m.quantity
  FROM inventory.lost_cell_claim m WHERE m.declaration_id = declared ORDER BY m.pool_id
  ON CONFLICT DO NOTHING;
  PERFORM inventory.apply(jsonb_agg(jsonb_build_object('kind', 'repair', 'pool', m.pool_id,
    'home', s.home_cell, 'peer', said.peer, 'granted', m.applied_then + m.quantity, 'applied', 0)))
  FROM inventory.lost_cell_claim m JOIN inventory.stock_pool s USING (pool_id)
  WHERE m.declaration_id = declared HAVING count(*) > 0;
  RETURN 'DECLARED';
END $$;

-- What a recovery leaves for people, a page at a time: there may be as many cases as units were sold since the backup, and
-- a transaction of the worker has its time. Each is opened once, however often a recovery comes to its end.
CREATE INDEX escrow_in_doubt ON inventory.escrow (pool_id) WHERE suspense > 0 OR deficit > 0;

-- Units that may have been sold and units that are owed, of pools behind `after`. Returns the last pool of a full page.
CREATE FUNCTION inventory.open_unit_cases(mended int, after text, pools_max int) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
  WITH page AS MATERIALIZED (
    SELECT e.pool_id, e.suspense, e.deficit FROM inventory.escrow e
    WHERE (e.suspense > 0 OR e.deficit > 0) AND e.stripe = 0 AND e.pool_id > after
    ORDER BY e.pool_id LIMIT pools_max
  ), opened AS (
    INSERT INTO inventory.recovery_case (epoch, kind, pool_id, reference, quantity)
    SELECT mended, u.kind, p.pool_id, p.pool_id, u.quantity
    FROM page p
    LEFT JOIN LATERAL (
      SELECT sum(c.quantity)::bigint AS units FROM inventory.recovery_case c
      WHERE c.kind = 'AT_RISK_UNITS' AND c.pool_id = p.pool_id AND c.decided_at IS NULL
    ) AS risk ON p.suspense > 0
    CROSS JOIN LATERAL (VALUES
      -- those at risk have a case of their own
      ('SUSPENDED_UNITS', p.suspense - coalesce(risk.units, 0)), ('OWED_UNITS', p.deficit)
    ) AS u(kind, quantity)
    WHERE u.quantity > 0 ORDER BY p.pool_id, u.kind
    ON CONFLICT DO NOTHING
  )
  SELECT max(p.pool_id) FROM page p HAVING count(*) = pools_max
$$;

-- Sales that the books had forgotten, whose orders they may lack, by entries of the journal behind `after`. Returns the place
-- of the last entry of a full page.
CREATE FUNCTION inventory.open_sale_cases(mended int, after bigint, entries_max int) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
  WITH page AS MATERIALIZED (
    SELECT j.seq, j.movement, j.reference FROM inventory.escrow_journal j
    WHERE j.seq > after ORDER BY j.seq LIMIT entries_max
  ), opened AS (
    INSERT INTO inventory.recovery_case (epoch, kind, pool_id, reference, quantity)
    SELECT mended, 'FORGOTTEN_SALE', r.pool_id, r.reservation_id::text, r.quantity
    FROM (
      SELECT DISTINCT p.reference FROM page p WHERE p.movement IN (
        'READOPT', 'READOPT_FROM_SUSPENSE', 'READOPT_FROM_DEFICIT', 'CONFIRM')
    ) w
    JOIN inventory.reservation r ON r.reservation_id = w.reference::uuid
    WHERE r.state IN ('CONFIRMED', 'SHIPPED') ORDER BY r.reservation_id
    ON CONFLICT DO NOTHING
  )
  SELECT max(p.seq) FROM page p HAVING count(*) = entries_max
$$;

REVOKE EXECUTE ON FUNCTION inventory.declare_lost(uuid, text),
  inventory.open_unit_cases(int, text, int), inventory.open_sale_cases(int, bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.open_unit_cases(int, text, int),
  inventory.open_sale_cases(int, bigint, int) TO shop_worker;
GRANT EXECUTE ON FUNCTION inventory.declare_lost(uuid, text) TO shop_api;
-- who approves and what that fixes is written by declare_lost alone
GRANT SELECT, INSERT (declaration_id, peer, fence, proposed_by) ON inventory.lost_cell TO shop_api;
GRANT SELECT, INSERT (declaration_id, pool_id, quantity) ON inventory.lost_cell_claim TO shop_api;
GRANT SELECT ON inventory.lost_cell, inventory.lost_cell_claim TO shop_worker, shop_audit;
GRANT SELECT (peer, approved_at, returned_at) ON inventory.lost_cell TO shop_border;
GRANT SELECT, UPDATE (decision, decided_by, decided_at) ON inventory.recovery_case TO shop_api;
GRANT SELECT ON inventory.recovery_case TO shop_audit;
