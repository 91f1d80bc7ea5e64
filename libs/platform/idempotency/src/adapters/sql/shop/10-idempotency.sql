ALTER TABLE idempotency.request
  ADD CONSTRAINT request_claim_digest_is_sha256 CHECK (length(claim_digest) = 32),
  ADD CONSTRAINT request_fingerprint_is_sha256 CHECK (length(fingerprint) = 32),
  ADD CONSTRAINT request_sealed_fingerprint_is_ciphertext CHECK (sealed_fingerprint LIKE 'v1|%'),
  ADD CONSTRAINT request_fingerprint_once CHECK (num_nonnulls(fingerprint, sealed_fingerprint) = 1),
  ADD CONSTRAINT request_of_a_person_sealed CHECK ((subject_id IS NULL) = (sealed_fingerprint IS NULL)),
  ADD CONSTRAINT request_subject_form CHECK (subject_id ~ '^sub_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT request_operation_form CHECK (operation ~ '^[A-Z]{3,7} /[a-zA-Z0-9/:._{}-]{1,100}$'),
  ADD CONSTRAINT request_resource_form CHECK (resource_id ~ '^[a-z]{3}_([a-z]{2}-[0-9]+_)?[0-9a-z]{26}$'),
  ADD CONSTRAINT request_touches_counted CHECK (touches >= 0);

-- A claim names one request for good: what was asked and what came of it never change.
CREATE FUNCTION idempotency.guard_request_update() RETURNS trigger
  LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF (NEW.claim_digest, NEW.subject_id, NEW.operation, NEW.fingerprint, NEW.sealed_fingerprint,
      NEW.resource_id, NEW.created_at)
     IS DISTINCT FROM
     (OLD.claim_digest, OLD.subject_id, OLD.operation, OLD.fingerprint, OLD.sealed_fingerprint,
      OLD.resource_id, OLD.created_at) THEN
    RAISE EXCEPTION 'the identity of a claim may not change' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION idempotency.guard_request_update FROM PUBLIC;

CREATE TRIGGER guard_request_update BEFORE UPDATE ON idempotency.request
  FOR EACH ROW EXECUTE FUNCTION idempotency.guard_request_update();

-- A claim of somebody who is fenced is refused, and the fence waits for one that is under way. Not by
-- privacy.guard_subject_write: a guest is admitted by the order, after the claim, and a restricted person may claim
-- what their restriction leaves them, of which the resource itself has the say.
CREATE FUNCTION idempotency.refuse_fenced_subject() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  subject_status text;
BEGIN
  SELECT status INTO subject_status FROM privacy.subject WHERE subject_id = NEW.subject_id FOR SHARE;
  IF subject_status IN ('fenced', 'erased') THEN
    RAISE EXCEPTION 'the subject of a claim is %', subject_status USING ERRCODE = 'PR001';
  END IF;
  RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION idempotency.refuse_fenced_subject FROM PUBLIC;

CREATE TRIGGER refuse_fenced_subject BEFORE INSERT ON idempotency.request
  FOR EACH ROW WHEN (NEW.subject_id IS NOT NULL) EXECUTE FUNCTION idempotency.refuse_fenced_subject();

GRANT USAGE ON SCHEMA idempotency TO shop_api, shop_worker, shop_audit;
GRANT SELECT, INSERT, UPDATE ON idempotency.request TO shop_api, shop_worker;
-- the worker drops what has expired and what belonged to an erased person
GRANT DELETE ON idempotency.request TO shop_worker;
GRANT SELECT (operation, touches, created_at) ON idempotency.request TO shop_audit;
