-- The marker row is written once, by the owner; everyone may compare it with what they were told.
ALTER TABLE cell.identity
  ADD CONSTRAINT identity_is_one_row CHECK (only_row),
  ADD CONSTRAINT identity_cell_shape CHECK (cell ~ '^[a-z]{2}-[1-9][0-9]{0,2}$'),
  ADD CONSTRAINT identity_region_shape CHECK (region = left(cell, 2));

GRANT USAGE ON SCHEMA cell TO vault_api, vault_worker, vault_border, vault_audit, vault_eraser;
GRANT SELECT ON cell.identity TO vault_api, vault_worker, vault_border, vault_audit, vault_eraser;

-- Who streams from here may be seen only by roles that read all statistics, as the owner does: a process
-- learns one number. NULL where no synchronous standby streams; of several that can acknowledge a commit
-- the nearest counts.
CREATE FUNCTION cell.standby_lag_bytes() RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT greatest(0, min(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), flush_lsn)))::bigint
    FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum') HAVING count(flush_lsn) > 0
$$;
REVOKE EXECUTE ON FUNCTION cell.standby_lag_bytes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cell.standby_lag_bytes TO vault_api, vault_worker;
