ALTER TABLE vault.cohort_key
  ADD CONSTRAINT cohort_key_name_of_purpose CHECK (cohort ~ CASE purpose
    WHEN 'fiscal' THEN '^FISCAL_[a-z][a-z0-9-]{0,39}_[0-9]{4}$'
    WHEN 'retain' THEN '^RETAIN_[a-z]{2}_[a-z][a-z0-9-]{0,39}_[0-9]{4}-[0-9]{2}$'
    WHEN 'hold' THEN '^HOLD_[A-Z]{1,8}-[0-9]{4}-[0-9]{1,6}$' END),
  ADD CONSTRAINT cohort_key_purpose_known CHECK (purpose IN ('fiscal', 'retain', 'hold')),
  ADD CONSTRAINT cohort_key_law_named CHECK (length(law) BETWEEN 1 AND 200),
  -- only a case has no end yet
  ADD CONSTRAINT cohort_key_has_end CHECK (purpose = 'hold' OR ends_on IS NOT NULL),
  ADD CONSTRAINT cohort_key_ends_after_its_end CHECK (unusable_at IS NULL OR ends_on IS NOT NULL),
  ADD CONSTRAINT cohort_key_in_order CHECK (destroyed_at IS NULL OR unusable_at IS NOT NULL),
  ADD CONSTRAINT cohort_key_whole CHECK
    (num_nulls(kms_key_arn, wrapped_key) = CASE WHEN destroyed_at IS NULL THEN 0 ELSE 2 END),
  ADD CONSTRAINT cohort_key_destroyed_keeps_digest CHECK
    ((destroyed_at IS NOT NULL) = (kms_key_digest IS NOT NULL));

-- What the eraser looks through.
CREATE INDEX cohort_key_ending ON vault.cohort_key (ends_on) WHERE destroyed_at IS NULL;

/* A cohort keeps its name, its law and its end: no key goes before the day that the law has set, by the clock
   of the database, and none of them later. A case gets its end once, when it is closed. */
CREATE FUNCTION vault.guard_cohort_key() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.cohort, NEW.purpose, NEW.law, NEW.made_at)
       IS DISTINCT FROM (OLD.cohort, OLD.purpose, OLD.law, OLD.made_at)
     OR (OLD.ends_on IS NOT NULL AND NEW.ends_on IS DISTINCT FROM OLD.ends_on) THEN
    RAISE EXCEPTION 'cohort % stays as it was made', OLD.cohort USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.destroyed_at IS NULL AND (NEW.kms_key_arn, NEW.wrapped_key)
       IS DISTINCT FROM (OLD.kms_key_arn, OLD.wrapped_key) THEN
    RAISE EXCEPTION 'the key of cohort % would be lost', OLD.cohort USING ERRCODE = 'check_violation';
  END IF;
  IF (OLD.unusable_at, OLD.destroyed_at) IS DISTINCT FROM (
       CASE WHEN OLD.unusable_at IS NOT NULL THEN NEW.unusable_at END,
       CASE WHEN OLD.destroyed_at IS NOT NULL THEN NEW.destroyed_at END) THEN
    RAISE EXCEPTION 'what has happened to cohort % stays so', OLD.cohort USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.unusable_at IS NULL AND NEW.unusable_at IS NOT NULL AND OLD.ends_on >= current_date THEN
    RAISE EXCEPTION 'cohort % is kept until %', OLD.cohort, OLD.ends_on USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_cohort_key BEFORE UPDATE OR DELETE ON vault.cohort_key
  FOR EACH ROW EXECUTE FUNCTION vault.guard_cohort_key();

-- the worker makes keys and closes cases, the API uses keys, the eraser alone ends them
GRANT SELECT ON vault.cohort_key TO vault_api, vault_worker, vault_eraser;
GRANT INSERT, UPDATE (ends_on) ON vault.cohort_key TO vault_worker;
GRANT UPDATE (unusable_at, destroyed_at, kms_key_arn, kms_key_digest, wrapped_key)
  ON vault.cohort_key TO vault_eraser;
GRANT SELECT (cohort, purpose, law, ends_on, made_at, unusable_at, destroyed_at, kms_key_digest)
  ON vault.cohort_key TO vault_audit;
