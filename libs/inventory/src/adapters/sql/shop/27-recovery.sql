-- Epochs, and what a recovery does to the books. They say the same as src/domain/recovery.ts.

-- Every batch of inventory.apply shares the lock that is taken here, so no batch is half way when the
-- state changes, and none that begins afterwards sees the old one. `witnessed` is the newest epoch of this
-- cell that anybody outside of the database has heard. Returns the epoch of the recovery; begun again with
-- no newer witness, it changes nothing.
CREATE FUNCTION inventory.begin_recovery(witnessed int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  was inventory.cell_epoch; place bigint; begun int;
BEGIN
  PERFORM pg_advisory_xact_lock(7305801, 1);
  INSERT INTO inventory.cell_epoch (cell) SELECT i.cell FROM cell.identity i ON CONFLICT DO NOTHING;
  SELECT e.* INTO STRICT was FROM inventory.cell_epoch e JOIN cell.identity i USING (cell);
  IF was.state = 'RECOVERING' AND was.epoch > witnessed THEN
    -- what is repeated here may not be on the standby yet; a commit that writes waits for it
    PERFORM pg_logical_emit_message(true, 'inventory', '');
    RETURN was.epoch;
  END IF;
  begun := greatest(was.epoch, witnessed) + 1;
  SELECT coalesce(max(j.seq), 0) INTO place FROM inventory.escrow_journal j;
  -- A recovery that was not ended is gone on with: what it had to mend is still to be mended.
  INSERT INTO inventory.recovery (epoch, starts_after, mends_epoch, mends_after)
  SELECT begun, place, coalesce(r.mends_epoch, was.epoch), coalesce(r.mends_after, place)
  FROM (VALUES (was.epoch)) AS o(epoch)
  LEFT JOIN inventory.recovery r
    ON r.epoch = o.epoch AND r.ended_at IS NULL AND was.state = 'RECOVERING';
  UPDATE inventory.cell_epoch SET state = 'RECOVERING', epoch = begun, changed_at = now()
  WHERE cell = was.cell;
  RETURN begun;
END $$;

-- The books have all that the cell's own witness knows: from here on a peer that recovers too may be told of them.
CREATE FUNCTION inventory.note_remembered(mended int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE inventory.recovery SET remembered_at = now()
  WHERE epoch = mended AND remembered_at IS NULL AND ended_at IS NULL
$$;

-- False where a newer recovery was begun meanwhile, or none is going on.
CREATE FUNCTION inventory.end_recovery(mended int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7305801, 1);
  UPDATE inventory.cell_epoch e SET state = 'ACTIVE', changed_at = now()
  FROM cell.identity i
  WHERE i.cell = e.cell AND e.state = 'RECOVERING' AND e.epoch = mended;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE inventory.recovery SET ended_at = now() WHERE epoch = mended;
  RETURN true;
END $$;

-- Notes the epoch in which a peer speaks, once every batch that may have taken in an older one has ended:
-- what is read afterwards is the whole of what was taken in. Returns the newest epoch heard of the peer.
CREATE FUNCTION inventory.hear_epoch(speaker text, spoken int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  heard int;
BEGIN
  SELECT h.epoch INTO heard FROM inventory.peer_epoch h WHERE h.peer = speaker;
  IF coalesce(heard, 1) >= spoken THEN
    PERFORM pg_logical_emit_message(true, 'inventory', '');
    RETURN coalesce(heard, 1);
  END IF;
  PERFORM pg_advisory_xact_lock(7305801, 1);
  INSERT INTO inventory.peer_epoch AS h (peer, epoch) VALUES (speaker, spoken)
  ON CONFLICT (peer) DO UPDATE SET epoch = greatest(h.epoch, excluded.epoch), heard_at = now()
  RETURNING h.epoch INTO heard;
  RETURN heard;
END $$;

-- A cell that was declared lost recovers in this epoch and was told all that was taken back from it. It may have come to
-- the epoch below which the door was closed by itself, as it recovers too or took this cell for lost.
CREATE FUNCTION inventory.note_return(speaker text, spoken int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE inventory.lost_cell SET returned_at = now()
  WHERE peer = speaker AND closed_below <= spoken AND returned_at IS NULL
$$;

-- The edges that lead from a state of a reservation to a later one; NULL where none do.
CREATE FUNCTION inventory.way_to(state text, was text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN state = was THEN '{}'
    WHEN was = 'HELD' THEN CASE state
      WHEN 'CONFIRMED' THEN ARRAY['CONFIRM'] WHEN 'RELEASED' THEN ARRAY['RELEASE']
      WHEN 'EXPIRED' THEN ARRAY['EXPIRE'] WHEN 'CANCELLED' THEN ARRAY['CONFIRM', 'CANCEL']
      WHEN 'SHIPPED' THEN ARRAY['CONFIRM', 'SHIP'] END
    WHEN was = 'CONFIRMED' THEN CASE state
      WHEN 'CANCELLED' THEN ARRAY['CANCEL'] WHEN 'SHIPPED' THEN ARRAY['SHIP'] END
  END
$$;

-- The movements that bring a reservation of which the books know `was`, or nothing, to where a witness has
-- it; NULL where the books know as much as that or more.
CREATE FUNCTION inventory.plan_readopt(state text, was text, units bigint, books inventory.escrow,
  OUT movements text[], OUT quantities bigint[])
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  way text[] := inventory.way_to(state, coalesce(was, 'HELD'));
BEGIN
  IF was IS NULL AND state IN ('RELEASED', 'EXPIRED', 'CANCELLED') THEN
    movements := '{}'; quantities := '{}';
  ELSIF was IS NULL THEN
    movements := ARRAY['READOPT_FROM_SUSPENSE', 'READOPT', 'READOPT_FROM_DEFICIT'] || way;
    quantities := inventory.share(units, ARRAY[books.suspense, books.free])
      || array_fill(units, ARRAY[cardinality(way)]);
  ELSIF cardinality(way) > 0 THEN
    movements := way; quantities := array_fill(units, ARRAY[cardinality(way)]);
  END IF;
END $$;
