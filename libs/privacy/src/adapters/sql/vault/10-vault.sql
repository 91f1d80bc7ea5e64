ALTER TABLE vault.subject_key
  ADD CONSTRAINT subject_key_subject_form CHECK (subject_id ~ '^sub_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT subject_key_state_known CHECK (state IN ('reserved', 'active', 'fenced', 'destroyed')),
  ADD CONSTRAINT subject_key_active_is_usable CHECK (state <> 'active' OR wrapped_key IS NOT NULL),
  ADD CONSTRAINT subject_key_has_kms_key CHECK (state = 'destroyed' OR kms_key_arn IS NOT NULL),
  ADD CONSTRAINT subject_key_destroyed_keeps_digest CHECK (state <> 'destroyed' OR
    (kms_key_arn IS NULL AND wrapped_key IS NULL AND kms_key_digest IS NOT NULL)),
  ADD CONSTRAINT subject_key_active_has_instant CHECK (state <> 'active' OR activated_at IS NOT NULL),
  ADD CONSTRAINT subject_key_fenced_has_instant CHECK
    ((state IN ('fenced', 'destroyed')) = (fenced_at IS NOT NULL)),
  ADD CONSTRAINT subject_key_destroyed_has_instant CHECK ((state = 'destroyed') = (destroyed_at IS NOT NULL)),
  ADD CONSTRAINT subject_key_version_positive CHECK (key_version > 0);

ALTER TABLE vault.login_index
  ADD CONSTRAINT login_index_audience_known CHECK (audience IN ('shopper', 'staff')),
  ADD CONSTRAINT login_index_digest_length CHECK (octet_length(digest) = 32),
  ADD CONSTRAINT login_index_epoch_known FOREIGN KEY (epoch) REFERENCES vault.index_epoch (epoch);

ALTER TABLE vault.index_epoch ADD CONSTRAINT index_epoch_positive CHECK (epoch > 0);

ALTER TABLE vault.fence
  ADD CONSTRAINT fence_seq_positive CHECK (seq > 0),
  ADD CONSTRAINT fence_reason_known CHECK (reason IN ('erasure', 'restore'));

-- What the sweeper of abandoned registrations looks through.
CREATE INDEX subject_key_reserved ON vault.subject_key (reserved_at) WHERE state = 'reserved';

-- reserved, active, fenced, destroyed: never back, and a data key that was once set stays the same.
CREATE FUNCTION vault.guard_subject_key_update() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  states CONSTANT text[] := ARRAY['reserved', 'active', 'fenced', 'destroyed'];
BEGIN
  IF array_position(states, NEW.state) < array_position(states, OLD.state) THEN
    RAISE EXCEPTION 'the key of % is % for good', OLD.subject_id, OLD.state USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.wrapped_key IS NOT NULL AND NEW.wrapped_key IS DISTINCT FROM OLD.wrapped_key
     AND NEW.state <> 'destroyed' AND NEW.key_version <= OLD.key_version THEN
    RAISE EXCEPTION 'the data key of % would be lost', OLD.subject_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_subject_key_update BEFORE UPDATE ON vault.subject_key
  FOR EACH ROW EXECUTE FUNCTION vault.guard_subject_key_update();

/* Fences a subject for ever and answers its place in the feed. Fences are rare, so they take turns: the
   numbers then rise in the order of commits, and a reader that has seen one has seen all before it. */
CREATE FUNCTION vault.fence_subject(fenced_subject text, fence_reason text) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  place bigint;
BEGIN
  LOCK TABLE vault.fence IN SHARE ROW EXCLUSIVE MODE;
  SELECT seq INTO place FROM vault.fence WHERE subject_id = fenced_subject;
  IF FOUND THEN
    RETURN place;
  END IF;
  INSERT INTO vault.fence (subject_id, seq, reason)
    SELECT fenced_subject, coalesce(max(seq), 0) + 1, fence_reason FROM vault.fence
    RETURNING seq INTO place;
  UPDATE vault.subject_key SET state = 'fenced', fenced_at = now()
    WHERE subject_id = fenced_subject AND state IN ('reserved', 'active');
  RETURN place;
END $$;

CREATE FUNCTION vault.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  RAISE EXCEPTION 'rows of %.% are for ever', TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON vault.fence
  FOR EACH ROW EXECUTE FUNCTION vault.refuse_change();

REVOKE EXECUTE ON FUNCTION vault.fence_subject FROM PUBLIC;
GRANT USAGE ON SCHEMA vault TO vault_api, vault_worker, vault_eraser, vault_audit;
GRANT EXECUTE ON FUNCTION vault.fence_subject TO vault_worker, vault_eraser;

GRANT SELECT, INSERT ON vault.subject_key, vault.login_index TO vault_api;
GRANT UPDATE (state, activated_at, wrapped_key) ON vault.subject_key TO vault_api;
GRANT SELECT ON vault.index_epoch, vault.fence TO vault_api, vault_worker, vault_eraser;
-- taking a key locks its row, which needs UPDATE
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.key_reserve TO vault_api, vault_worker;

GRANT SELECT, DELETE ON vault.subject_key, vault.login_index TO vault_worker;
GRANT INSERT ON vault.subject_key, vault.login_index TO vault_worker;
GRANT UPDATE (state, activated_at, wrapped_key) ON vault.subject_key TO vault_worker;
GRANT INSERT ON vault.index_epoch TO vault_worker;

GRANT SELECT ON vault.subject_key TO vault_eraser;
GRANT UPDATE (state, destroyed_at, kms_key_arn, kms_key_digest, wrapped_key)
  ON vault.subject_key TO vault_eraser;
GRANT SELECT, DELETE ON vault.login_index TO vault_eraser;
GRANT SELECT, INSERT, UPDATE ON vault.erasure_ledger TO vault_eraser;
GRANT SELECT ON vault.erasure_ledger TO vault_worker;

GRANT SELECT (subject_id, state, key_version, reserved_at, activated_at, fenced_at, destroyed_at)
  ON vault.subject_key TO vault_audit;
GRANT SELECT ON vault.fence, vault.erasure_ledger TO vault_audit;
