ALTER TABLE vault.subject_key
  ADD CONSTRAINT subject_key_subject_form CHECK (subject_id ~ '^sub_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT subject_key_state_known CHECK (state IN ('reserved', 'active', 'fenced', 'destroyed')),
  ADD CONSTRAINT subject_key_active_is_usable CHECK (state <> 'active' OR wrapped_key IS NOT NULL),
  ADD CONSTRAINT subject_key_has_kms_key CHECK
    (state = 'destroyed' OR (driver = 'kms-per-user') = (kms_key_arn IS NOT NULL)),
  ADD CONSTRAINT subject_key_destroyed_keeps_digest CHECK (state <> 'destroyed' OR
    (kms_key_arn IS NULL AND wrapped_key IS NULL AND
     (driver = 'kms-per-user') = (kms_key_digest IS NOT NULL))),
  ADD CONSTRAINT subject_key_active_has_instant CHECK (state <> 'active' OR activated_at IS NOT NULL),
  ADD CONSTRAINT subject_key_fenced_has_instant CHECK
    ((state IN ('fenced', 'destroyed')) = (fenced_at IS NOT NULL)),
  ADD CONSTRAINT subject_key_destroyed_has_instant CHECK ((state = 'destroyed') = (destroyed_at IS NOT NULL)),
  ADD CONSTRAINT subject_key_version_positive CHECK (key_version > 0);

ALTER TABLE vault.key_driver
  ADD CONSTRAINT key_driver_one_row CHECK (only_row),
  ADD CONSTRAINT key_driver_known CHECK (driver IN ('kms-per-user', 'kms-epoch'));

ALTER TABLE vault.former_data_key
  ADD CONSTRAINT former_data_key_version_positive CHECK (version > 0);

ALTER TABLE vault.key_epoch
  ADD CONSTRAINT key_epoch_positive CHECK (epoch > 0),
  ADD CONSTRAINT key_epoch_in_order CHECK (
    (closed_at IS NULL OR opened_at IS NOT NULL) AND (retired_at IS NULL OR closed_at IS NOT NULL) AND
    (unusable_at IS NULL OR retired_at IS NOT NULL) AND (destroyed_at IS NULL OR unusable_at IS NOT NULL)),
  ADD CONSTRAINT key_epoch_has_keys CHECK
    (num_nulls(root_key_arn, index_key_arn) = CASE WHEN destroyed_at IS NULL THEN 0 ELSE 2 END),
  ADD CONSTRAINT key_epoch_destroyed_keeps_digests CHECK
    (num_nulls(root_key_digest, index_key_digest) = CASE WHEN destroyed_at IS NULL THEN 2 ELSE 0 END),
  ADD CONSTRAINT key_epoch_moves CHECK (moves_done >= 0 AND moves_total >= 0);

CREATE UNIQUE INDEX key_epoch_one_open ON vault.key_epoch ((true))
  WHERE opened_at IS NOT NULL AND closed_at IS NULL;
CREATE UNIQUE INDEX key_epoch_one_in_the_making ON vault.key_epoch ((true)) WHERE opened_at IS NULL;

ALTER TABLE vault.shard_key
  ADD CONSTRAINT shard_key_shard_known CHECK (shard BETWEEN 0 AND 31),
  ADD CONSTRAINT shard_key_wrapped CHECK (octet_length(wrapped_key) > 32);

-- 61 bytes: format, initialisation vector, tag, and 32 bytes of key or hash
ALTER TABLE vault.subject_kek
  ADD CONSTRAINT subject_kek_shard_of_subject CHECK (shard = get_byte(sha256(subject_id::bytea), 0) % 32),
  ADD CONSTRAINT subject_kek_wrapped CHECK (octet_length(wrapped_kek) = 61);

ALTER TABLE vault.login_key ADD CONSTRAINT login_key_one_row CHECK (only_row);

ALTER TABLE vault.login_index
  ADD CONSTRAINT login_index_audience_known CHECK (audience IN ('shopper', 'staff')),
  ADD CONSTRAINT login_index_digest_length CHECK (octet_length(digest) = 32),
  ADD CONSTRAINT login_index_wrapped CHECK (octet_length(wrapped_inner) = 61);

ALTER TABLE vault.erasure_ledger
  ADD CONSTRAINT erasure_ledger_epochs CHECK
    (num_nulls(first_epoch, last_epoch) IN (0, 2) AND first_epoch <= last_epoch);

ALTER TABLE vault.fence
  ADD CONSTRAINT fence_seq_positive CHECK (seq > 0),
  ADD CONSTRAINT fence_reason_known CHECK (reason IN ('erasure', 'restore'));

-- What the sweeper of abandoned registrations looks through.
CREATE INDEX subject_key_reserved ON vault.subject_key (reserved_at) WHERE state = 'reserved';

-- Of the driver of this vault, and of nobody who was fenced: a destroyed key is not made again.
CREATE FUNCTION vault.guard_subject_key_insert() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF NEW.driver IS DISTINCT FROM (SELECT driver FROM vault.key_driver) THEN
    RAISE EXCEPTION 'the keys of this vault are not kept by %', NEW.driver USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT FROM vault.fence f WHERE f.subject_id = NEW.subject_id) THEN
    RAISE EXCEPTION 'subject % is fenced', NEW.subject_id USING ERRCODE = 'PR001';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_subject_key_insert BEFORE INSERT ON vault.subject_key
  FOR EACH ROW EXECUTE FUNCTION vault.guard_subject_key_insert();

/* reserved, active, fenced, destroyed: never back, and a data key that was once set stays until the key is
   destroyed. A new version takes its place only when the former one is kept; a fenced one under kms-epoch
   goes when nothing is left that could open it. */
CREATE FUNCTION vault.guard_subject_key_update() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  states CONSTANT text[] := ARRAY['reserved', 'active', 'fenced', 'destroyed'];
  is_lost CONSTANT boolean := NEW.state <> 'destroyed' AND OLD.wrapped_key IS NOT NULL
    AND NEW.wrapped_key IS DISTINCT FROM OLD.wrapped_key;
BEGIN
  IF array_position(states, NEW.state) < array_position(states, OLD.state) THEN
    RAISE EXCEPTION 'the key of % is % for good', OLD.subject_id, OLD.state USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.driver <> OLD.driver OR NEW.first_epoch IS DISTINCT FROM OLD.first_epoch THEN
    RAISE EXCEPTION 'the driver and the first epoch of % stay', OLD.subject_id USING ERRCODE = 'check_violation';
  END IF;
  IF (is_lost OR NEW.key_version <> OLD.key_version) AND NOT (
    NEW.wrapped_key IS NOT NULL AND NEW.key_version = OLD.key_version + 1 AND EXISTS (
      SELECT FROM vault.former_data_key f WHERE f.subject_id = OLD.subject_id
        AND f.version = OLD.key_version AND f.wrapped_key = OLD.wrapped_key)
  ) AND NOT (
    NEW.wrapped_key IS NULL AND NEW.state = 'fenced' AND NEW.driver = 'kms-epoch'
      AND NOT EXISTS (SELECT FROM vault.subject_kek k WHERE k.subject_id = OLD.subject_id)
  ) THEN
    RAISE EXCEPTION 'the data key of % would be lost', OLD.subject_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.subject_id <> OLD.subject_id AND NOT (OLD.state = 'destroyed' AND EXISTS (
    SELECT FROM vault.fence f WHERE f.subject_id = NEW.subject_id AND f.is_hashed)) THEN
    RAISE EXCEPTION 'the key of % stays that of this subject', OLD.subject_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'destroyed' THEN
    -- the instants are those of a first order or of a gift, and would lead to it
    NEW.reserved_at := date_trunc('day', OLD.reserved_at, 'UTC');
    NEW.activated_at := date_trunc('day', OLD.activated_at, 'UTC');
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

/* A fence is for ever. Its reference becomes a hash once, when the key has been gone for longer than any
   backup is kept. */
CREATE FUNCTION vault.guard_fence() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NOT OLD.is_hashed AND NEW.is_hashed
     AND (NEW.seq, NEW.reason, NEW.fenced_at) = (OLD.seq, OLD.reason, OLD.fenced_at)
     AND EXISTS (SELECT FROM vault.erasure_ledger l WHERE l.subject_id = OLD.subject_id
                 AND l.key_destroyed_at < now() - interval '35 days') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'rows of vault.fence are for ever' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER guard_fence BEFORE UPDATE OR DELETE ON vault.fence
  FOR EACH ROW EXECUTE FUNCTION vault.guard_fence();

/* Puts a hash in the place of the reference of whoever was erased; the spare name where a restore wrote the reference
   back beside its hash. Answers false where nobody of that name is fenced any more. */
CREATE FUNCTION vault.hash_tombstone(erased_subject text, reference text, spare text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  new_name CONSTANT text := CASE
    WHEN EXISTS (SELECT FROM vault.fence f WHERE f.subject_id = reference) THEN spare ELSE reference END;
BEGIN
  UPDATE vault.fence SET subject_id = new_name, is_hashed = true
    WHERE subject_id = erased_subject AND NOT is_hashed;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE vault.erasure_ledger SET subject_id = new_name WHERE subject_id = erased_subject;
  UPDATE vault.subject_key SET subject_id = new_name WHERE subject_id = erased_subject;
  RETURN true;
END $$;

CREATE INDEX fence_hashed ON vault.fence (subject_id) WHERE is_hashed;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON vault.key_driver
  FOR EACH ROW EXECUTE FUNCTION vault.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON vault.login_key
  FOR EACH ROW EXECUTE FUNCTION vault.refuse_change();

-- What has happened to an epoch stays so, and its keys are those it was made with.
CREATE FUNCTION vault.guard_key_epoch_update() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF (OLD.opened_at, OLD.closed_at, OLD.retired_at, OLD.unusable_at, OLD.destroyed_at) IS DISTINCT FROM (
       CASE WHEN OLD.opened_at IS NOT NULL THEN NEW.opened_at END,
       CASE WHEN OLD.closed_at IS NOT NULL THEN NEW.closed_at END,
       CASE WHEN OLD.retired_at IS NOT NULL THEN NEW.retired_at END,
       CASE WHEN OLD.unusable_at IS NOT NULL THEN NEW.unusable_at END,
       CASE WHEN OLD.destroyed_at IS NOT NULL THEN NEW.destroyed_at END)
     OR NEW.root_key_arn <> OLD.root_key_arn OR NEW.index_key_arn <> OLD.index_key_arn THEN
    RAISE EXCEPTION 'what has happened to epoch % stays so', OLD.epoch USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_key_epoch_update BEFORE UPDATE ON vault.key_epoch
  FOR EACH ROW EXECUTE FUNCTION vault.guard_key_epoch_update();

/* Whatever comes under an epoch comes under the open one, which cannot be closed before the writer has
   ended. So once an epoch is closed, no row comes under it any more. SQLSTATE PR003: another is open now. */
CREATE FUNCTION vault.guard_open_epoch() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  open_epoch integer;
BEGIN
  SELECT epoch INTO open_epoch FROM vault.key_epoch
    WHERE opened_at IS NOT NULL AND closed_at IS NULL FOR SHARE;
  IF EXISTS (SELECT FROM written WHERE epoch IS DISTINCT FROM open_epoch) THEN
    RAISE EXCEPTION 'a row of %.% is not under the open epoch', TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'PR003';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER guard_open_epoch_insert AFTER INSERT ON vault.subject_kek
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION vault.guard_open_epoch();
CREATE TRIGGER guard_open_epoch_update AFTER UPDATE ON vault.subject_kek
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION vault.guard_open_epoch();
CREATE TRIGGER guard_open_epoch_insert AFTER INSERT ON vault.login_index
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION vault.guard_open_epoch();
CREATE TRIGGER guard_open_epoch_update AFTER UPDATE ON vault.login_index
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION vault.guard_open_epoch();

/* Opens an epoch that was made and closes the one before, once all that is being written under that one
   has ended. Answers false where shard keys are missing, where the last but one still holds rows, or
   where the epoch is open already: never more than two epochs hold anything. */
CREATE FUNCTION vault.open_epoch(next_epoch integer) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  PERFORM FROM vault.key_epoch WHERE retired_at IS NULL ORDER BY epoch FOR UPDATE;
  IF NOT EXISTS (SELECT FROM vault.key_epoch WHERE epoch = next_epoch AND opened_at IS NULL)
     OR EXISTS (SELECT FROM vault.key_epoch WHERE epoch > next_epoch)
     OR EXISTS (SELECT FROM vault.key_epoch WHERE closed_at IS NOT NULL AND retired_at IS NULL)
     OR (SELECT count(*) FROM vault.shard_key WHERE epoch = next_epoch) <> 32 THEN
    RETURN false;
  END IF;
  UPDATE vault.key_epoch SET closed_at = now() WHERE opened_at IS NOT NULL AND closed_at IS NULL;
  UPDATE vault.key_epoch SET opened_at = now() WHERE epoch = next_epoch;
  RETURN true;
END $$;

/* Shuts a closed epoch for ever, if nothing lies under it; its keys may then be destroyed. What lies under one
   that is shut already came back from a backup, and keeps nothing: its keys are on their way out. */
CREATE FUNCTION vault.retire_epoch(old_epoch integer) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  PERFORM FROM vault.key_epoch WHERE epoch = old_epoch AND closed_at IS NOT NULL FOR UPDATE;
  IF EXISTS (SELECT FROM vault.key_epoch WHERE epoch = old_epoch AND retired_at IS NOT NULL) THEN
    RETURN true;
  END IF;
  IF NOT FOUND OR EXISTS (SELECT FROM vault.subject_kek WHERE epoch = old_epoch)
     OR EXISTS (SELECT FROM vault.login_index WHERE epoch = old_epoch)
     OR EXISTS (SELECT FROM vault.request_key WHERE epoch = old_epoch) THEN
    RETURN false;
  END IF;
  UPDATE vault.key_epoch SET retired_at = now() WHERE epoch = old_epoch AND retired_at IS NULL;
  RETURN true;
END $$;

REVOKE EXECUTE ON FUNCTION vault.fence_subject, vault.hash_tombstone, vault.open_epoch, vault.retire_epoch
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vault.hash_tombstone TO vault_worker;
GRANT USAGE ON SCHEMA vault TO vault_api, vault_worker, vault_eraser, vault_audit;
GRANT EXECUTE ON FUNCTION vault.fence_subject TO vault_worker, vault_eraser;
GRANT EXECUTE ON FUNCTION vault.open_epoch TO vault_worker;
GRANT EXECUTE ON FUNCTION vault.retire_epoch TO vault_eraser;

-- the driver is chosen by whichever process starts first
GRANT SELECT, INSERT ON vault.key_driver TO vault_api, vault_worker, vault_eraser;
GRANT SELECT ON vault.key_epoch, vault.shard_key TO vault_api, vault_worker, vault_eraser;
GRANT SELECT ON vault.login_key, vault.former_data_key TO vault_api, vault_worker;
GRANT SELECT ON vault.fence TO vault_api, vault_worker, vault_eraser;

GRANT SELECT, INSERT ON vault.subject_key, vault.subject_kek, vault.login_index TO vault_api;
GRANT UPDATE (state, activated_at, wrapped_key) ON vault.subject_key TO vault_api;
-- taking a key locks its row, which needs UPDATE
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.key_reserve TO vault_api, vault_worker;

GRANT SELECT, INSERT, DELETE ON vault.subject_key, vault.login_index TO vault_worker;
GRANT UPDATE (state, activated_at, wrapped_key, key_version) ON vault.subject_key TO vault_worker;
GRANT UPDATE (epoch, digest, wrapped_inner) ON vault.login_index TO vault_worker;
GRANT SELECT, INSERT ON vault.subject_kek TO vault_worker;
GRANT UPDATE (epoch, wrapped_kek) ON vault.subject_kek TO vault_worker;
GRANT INSERT, DELETE, UPDATE (unnamed_since) ON vault.former_data_key TO vault_worker;
GRANT INSERT ON vault.key_epoch, vault.shard_key, vault.login_key TO vault_worker;
GRANT UPDATE (moves_total, moves_done) ON vault.key_epoch TO vault_worker;

GRANT SELECT ON vault.subject_key TO vault_eraser;
GRANT UPDATE (state, destroyed_at, kms_key_arn, kms_key_digest, wrapped_key)
  ON vault.subject_key TO vault_eraser;
GRANT SELECT, DELETE ON vault.login_index, vault.subject_kek, vault.former_data_key TO vault_eraser;
GRANT DELETE ON vault.shard_key TO vault_eraser;
GRANT UPDATE (unusable_at, destroyed_at, root_key_arn, root_key_digest, index_key_arn, index_key_digest)
  ON vault.key_epoch TO vault_eraser;
GRANT SELECT, INSERT, UPDATE ON vault.erasure_ledger TO vault_eraser;
GRANT SELECT ON vault.erasure_ledger TO vault_worker;

GRANT SELECT ON vault.key_driver TO vault_audit;
GRANT SELECT (epoch, made_at, opened_at, closed_at, moves_total, moves_done, retired_at, unusable_at,
    destroyed_at, root_key_digest, index_key_digest)
  ON vault.key_epoch TO vault_audit;
GRANT SELECT (subject_id, state, driver, key_version, reserved_at, activated_at, fenced_at, destroyed_at)
  ON vault.subject_key TO vault_audit;
GRANT SELECT ON vault.fence, vault.erasure_ledger TO vault_audit;
