ALTER TABLE privacy.erasure_approval
  ADD CONSTRAINT erasure_approval_of_request FOREIGN KEY (request_id)
    REFERENCES privacy.erasure_request (request_id),
  ADD CONSTRAINT erasure_approval_role_known CHECK (role IN ('requester', 'approver')),
  ADD CONSTRAINT erasure_approval_plan_form CHECK (plan_digest ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT erasure_approval_digest_form CHECK (assertion_digest ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT erasure_approval_lengths CHECK (octet_length(authenticator_data) BETWEEN 37 AND 4096
    AND octet_length(client_data) BETWEEN 2 AND 4096 AND octet_length(signature) BETWEEN 8 AND 512);

/* A signature is taken for the plan as it stands, from somebody else than the person and the other officer,
   made by a passkey that is theirs. What it signs only the API and the eraser can check.
   SQLSTATE PR004: the two stand too close to each other, or to the person. */
CREATE FUNCTION privacy.guard_erasure_approval() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  request privacy.erasure_request;
  other text;
BEGIN
  SELECT * INTO request FROM privacy.erasure_request WHERE request_id = NEW.request_id FOR UPDATE;
  IF (request.version, request.plan_digest) IS DISTINCT FROM (NEW.version, NEW.plan_digest) THEN
    RAISE EXCEPTION 'a signature is of the plan as it stands' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (
    SELECT FROM (VALUES
      ('requester', request.requested_by, request.requested_by_person, request.confirmed_digest),
      ('approver', request.approved_by, request.approved_by_person, request.approved_digest)
    ) AS named (role, staff, person, digest)
    WHERE (named.role, named.staff, named.person, named.digest)
      = (NEW.role, NEW.staff_id, NEW.person, NEW.plan_digest)
  ) THEN
    RAISE EXCEPTION 'request % names another %', NEW.request_id, NEW.role USING ERRCODE = 'check_violation';
  END IF;
  IF NOT identity.is_passkey_of(NEW.credential_id, NEW.staff_id, NEW.person, NEW.public_key) THEN
    RAISE EXCEPTION 'a signature is made by a passkey of who signs' USING ERRCODE = 'check_violation';
  END IF;
  FOR other IN SELECT unnest(ARRAY[request.subject_id,
      CASE NEW.role WHEN 'approver' THEN request.requested_by_person END]) LOOP
    IF identity.are_close(NEW.person, other) THEN
      RAISE EXCEPTION 'request % needs somebody who stands further off', NEW.request_id
        USING ERRCODE = 'PR004';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_erasure_approval BEFORE INSERT ON privacy.erasure_approval
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_erasure_approval();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON privacy.erasure_approval
  FOR EACH ROW EXECUTE FUNCTION privacy.refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON privacy.erasure_approval
  FOR EACH STATEMENT EXECUTE FUNCTION privacy.refuse_change();

/* Whoever a request names as having confirmed or approved its plan has signed it. */
CREATE FUNCTION privacy.require_signatures() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (VALUES
      ('requester', NEW.confirmed_digest, NEW.requested_by, NEW.requested_by_person),
      ('approver', NEW.approved_digest, NEW.approved_by, NEW.approved_by_person)
    ) AS named (role, digest, staff, person)
    WHERE named.digest IS NOT NULL AND NOT EXISTS (
      SELECT FROM privacy.erasure_approval a
      WHERE a.request_id = NEW.request_id AND a.role = named.role AND a.plan_digest = named.digest
        AND a.staff_id = named.staff AND a.person = named.person)
  ) THEN
    RAISE EXCEPTION 'request % is not signed by whom it names', NEW.request_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

-- at COMMIT, when the signature of the same transaction is there
CREATE CONSTRAINT TRIGGER require_signatures AFTER INSERT OR UPDATE ON privacy.erasure_request
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION privacy.require_signatures();

ALTER TABLE privacy.identity_code
  ADD CONSTRAINT identity_code_of_request FOREIGN KEY (request_id)
    REFERENCES privacy.erasure_request (request_id),
  ADD CONSTRAINT identity_code_hash_length CHECK (octet_length(code_hash) = 32),
  ADD CONSTRAINT identity_code_tries CHECK (tries_left BETWEEN 0 AND 5);

GRANT SELECT, INSERT ON privacy.erasure_approval TO shop_api;
GRANT SELECT ON privacy.erasure_approval TO shop_worker, shop_audit;
GRANT SELECT, INSERT, UPDATE, DELETE ON privacy.identity_code TO shop_api;

