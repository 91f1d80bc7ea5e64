-- 61 bytes: format, initialisation vector, tag, and 32 bytes of key
ALTER TABLE vault.request_key
  ADD CONSTRAINT request_key_request_form CHECK (request_id ~ '^[a-z]{3}_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT request_key_epoch_known FOREIGN KEY (epoch) REFERENCES vault.key_epoch (epoch),
  ADD CONSTRAINT request_key_shard_of_request CHECK (shard = get_byte(sha256(request_id::bytea), 0) % 32),
  ADD CONSTRAINT request_key_wrapped CHECK (octet_length(wrapped_key) = 61),
  ADD CONSTRAINT request_key_destroyed_whole CHECK
    (num_nulls(epoch, wrapped_key) = CASE WHEN destroyed_at IS NULL THEN 0 ELSE 2 END);

CREATE TRIGGER guard_open_epoch_insert AFTER INSERT ON vault.request_key
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION vault.guard_open_epoch();

-- It moves to the open epoch, which cannot be closed before this has ended, or it is destroyed; never back.
CREATE FUNCTION vault.guard_request_key_update() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  open_epoch integer;
BEGIN
  IF OLD.destroyed_at IS NOT NULL OR NEW.request_id <> OLD.request_id THEN
    RAISE EXCEPTION 'the key of % is destroyed for good', OLD.request_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.destroyed_at IS NULL THEN
    SELECT epoch INTO open_epoch FROM vault.key_epoch
      WHERE opened_at IS NOT NULL AND closed_at IS NULL FOR SHARE;
    IF NEW.epoch IS DISTINCT FROM open_epoch THEN
      RAISE EXCEPTION 'the key of % is not under the open epoch', OLD.request_id USING ERRCODE = 'PR003';
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_request_key_update BEFORE UPDATE ON vault.request_key
  FOR EACH ROW EXECUTE FUNCTION vault.guard_request_key_update();

GRANT SELECT, INSERT ON vault.request_key TO vault_worker;
GRANT UPDATE (epoch, wrapped_key, destroyed_at) ON vault.request_key TO vault_worker;
