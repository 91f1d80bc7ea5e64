-- The marker row is written once, by the owner; everyone may compare it with what they were told.
ALTER TABLE cell.identity
  ADD CONSTRAINT identity_is_one_row CHECK (only_row),
  ADD CONSTRAINT identity_cell_shape CHECK (cell ~ '^[a-z]{2}-[1-9][0-9]{0,2}$'),
  ADD CONSTRAINT identity_region_shape CHECK (region = left(cell, 2));

GRANT USAGE ON SCHEMA cell TO shop_api, shop_worker, shop_border, shop_audit;
GRANT SELECT ON cell.identity TO shop_api, shop_worker, shop_border, shop_audit;

-- A restored database has forgotten the newest erasures. The restore opens a row and closes it once the
-- journal has been replayed; no role of a process may write here, so none can end its own quarantine.
ALTER TABLE cell.quarantine
  ADD CONSTRAINT quarantine_restore_form CHECK (restore_id ~ '^restore-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}$'),
  ADD CONSTRAINT quarantine_backup_form CHECK (backup_id ~ '^backup-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}$'),
  ADD CONSTRAINT quarantine_backup_head_form CHECK
    (backup_seq > 0 AND backup_digest ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT quarantine_closed_at_a_head CHECK
    (num_nulls(closed_at, replayed_seq, replayed_digest) IN (0, 3)),
  ADD CONSTRAINT quarantine_replayed_head_form CHECK
    (replayed_seq >= backup_seq AND replayed_digest ~ '^[0-9a-f]{64}$');

CREATE UNIQUE INDEX quarantine_open ON cell.quarantine ((true)) WHERE closed_at IS NULL;

-- Opened, closed, then history.
CREATE FUNCTION cell.guard_quarantine() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.closed_at IS NOT NULL
     OR (NEW.restore_id, NEW.backup_id, NEW.opened_at, NEW.backup_seq, NEW.backup_digest) IS DISTINCT FROM
        (OLD.restore_id, OLD.backup_id, OLD.opened_at, OLD.backup_seq, OLD.backup_digest) THEN
    RAISE EXCEPTION 'quarantine % stands as it is', OLD.restore_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_quarantine BEFORE UPDATE OR DELETE ON cell.quarantine
  FOR EACH ROW EXECUTE FUNCTION cell.guard_quarantine();

GRANT SELECT ON cell.quarantine TO shop_api, shop_worker, shop_border, shop_audit;

-- Who streams from here may be seen only by roles that read all statistics, as the owner does: a process
-- learns one number. NULL where no synchronous standby streams; of several that can acknowledge a commit
-- the nearest counts.
CREATE FUNCTION cell.standby_lag_bytes() RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT greatest(0, min(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), flush_lsn)))::bigint
    FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum') HAVING count(flush_lsn) > 0
$$;
REVOKE EXECUTE ON FUNCTION cell.standby_lag_bytes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cell.standby_lag_bytes TO shop_api, shop_worker, shop_border;
