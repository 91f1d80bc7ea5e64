-- What is told to the witness outside of the database, and how far.
ALTER TABLE inventory.witness_relay
  ADD CONSTRAINT witness_relay_has_one_row CHECK (only_row),
  ADD CONSTRAINT witness_relay_is_not_negative CHECK (told_place >= 0 AND fencing_token >= 0);
INSERT INTO inventory.witness_relay (only_row) VALUES (true);
CREATE TRIGGER told_place_only_rises BEFORE UPDATE ON inventory.witness_relay FOR EACH ROW
  WHEN (NEW.told_place < OLD.told_place OR NEW.fencing_token < OLD.fencing_token)
  EXECUTE FUNCTION inventory.refuse_change();

-- The epoch in which a place of the journal was written: a recovery begins its epoch behind all that was there.
CREATE FUNCTION inventory.epoch_at(place bigint) RETURNS int
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(
    (SELECT max(r.epoch) FROM inventory.recovery r WHERE r.starts_after < place),
    (SELECT r.mends_epoch FROM inventory.recovery r ORDER BY r.epoch LIMIT 1),
    (SELECT e.epoch FROM inventory.cell_epoch e JOIN cell.identity i USING (cell)), 1)
$$;

-- The state that a movement leaves a reservation in; NULL for movements of anything else.
CREATE FUNCTION inventory.state_after(movement text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE movement
    WHEN 'RESERVE' THEN 'HELD' WHEN 'READOPT' THEN 'HELD' WHEN 'READOPT_FROM_SUSPENSE' THEN 'HELD'
    WHEN 'READOPT_FROM_DEFICIT' THEN 'HELD' WHEN 'CONFIRM' THEN 'CONFIRMED'
    WHEN 'RELEASE' THEN 'RELEASED' WHEN 'EXPIRE' THEN 'EXPIRED' WHEN 'CANCEL' THEN 'CANCELLED'
    WHEN 'SHIP' THEN 'SHIPPED'
  END
$$;

-- Whether a movement raises a total of a channel; its reference is the peer.
CREATE FUNCTION inventory.moves_rights(movement text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT movement IN ('GRANT', 'GRANT_FROM_SUSPENSE', 'GRANT_FROM_DEFICIT', 'APPLY', 'APPLY_TO_SUSPENSE')
$$;

-- Which server this is and how often it was restored or promoted; an auditor may know it, a process asks here.
CREATE FUNCTION inventory.incarnation() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.system_identifier || '-' || c.timeline_id
  FROM pg_control_system() s, pg_control_checkpoint() c
$$;

REVOKE EXECUTE ON FUNCTION inventory.epoch_at(bigint), inventory.state_after(text),
  inventory.moves_rights(text), inventory.incarnation() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.epoch_at(bigint), inventory.state_after(text),
  inventory.moves_rights(text), inventory.incarnation() TO shop_api, shop_worker, shop_border;
GRANT SELECT, UPDATE ON inventory.witness_relay TO shop_worker;
GRANT SELECT ON inventory.witness_relay TO shop_audit;
GRANT SELECT (seq) ON inventory.escrow_journal TO shop_api, shop_border;
GRANT SELECT ON inventory.escrow_journal TO shop_worker;
