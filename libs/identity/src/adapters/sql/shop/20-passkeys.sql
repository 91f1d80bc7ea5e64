ALTER TABLE identity.staff ADD CONSTRAINT staff_person UNIQUE (staff_id, subject_id);

ALTER TABLE identity.passkey
  ADD CONSTRAINT passkey_credential_form CHECK
    (credential_id ~ '^[A-Za-z0-9_-]+$' AND length(credential_id) BETWEEN 22 AND 1364),
  ADD CONSTRAINT passkey_public_key_length CHECK (octet_length(public_key) BETWEEN 64 AND 256),
  ADD CONSTRAINT passkey_counter_positive CHECK (counter >= 0),
  ADD CONSTRAINT passkey_vouching_whole CHECK (num_nulls(vouched_by, vouching_authenticator_data,
    vouching_client_data, vouching_signature) IN (0, 4)),
  ADD CONSTRAINT passkey_vouched_by_another CHECK (vouched_by <> credential_id),
  ADD CONSTRAINT passkey_of_staff FOREIGN KEY (staff_id, subject_id)
    REFERENCES identity.staff (staff_id, subject_id),
  ADD CONSTRAINT passkey_once_of_staff UNIQUE (credential_id, staff_id),
  ADD CONSTRAINT passkey_vouched_by_own FOREIGN KEY (vouched_by, staff_id)
    REFERENCES identity.passkey (credential_id, staff_id);

-- Whoever has a passkey gets another one only by it.
CREATE UNIQUE INDEX passkey_first ON identity.passkey (staff_id) WHERE vouched_by IS NULL;

/* A passkey is as old as its row says, and stays what it was: only its counter rises. */
CREATE FUNCTION identity.guard_passkey() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.created_at := now();
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) - 'counter' IS DISTINCT FROM to_jsonb(OLD) - 'counter' THEN
    RAISE EXCEPTION 'a passkey stays what it was' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.counter < OLD.counter OR (NEW.counter = OLD.counter AND NEW.counter > 0) THEN
    RAISE EXCEPTION 'the counter of a passkey rises' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_passkey BEFORE INSERT OR UPDATE ON identity.passkey
  FOR EACH ROW EXECUTE FUNCTION identity.guard_passkey();
CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON identity.passkey
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id');

ALTER TABLE identity.staff_act
  ADD CONSTRAINT staff_act_kind_known CHECK (kind IN ('created', 'reset', 'role-granted')),
  ADD CONSTRAINT staff_act_of_another CHECK (subject_id <> done_by);

ALTER TABLE identity.role_grant
  ADD CONSTRAINT role_grant_id_form CHECK (grant_id ~ '^rgr_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT role_grant_role_known CHECK
    (role IN ('merchandiser', 'warehouse', 'support', 'privacy-officer', 'operator')),
  ADD CONSTRAINT role_grant_to_staff FOREIGN KEY (staff_id, subject_id)
    REFERENCES identity.staff (staff_id, subject_id),
  ADD CONSTRAINT role_grant_confirmed_whole CHECK
    (num_nulls(confirmed_by, confirmed_by_person, confirmed_at, assertion_digest) IN (0, 4)),
  -- four eyes: two persons, neither of them the one who gets the role
  ADD CONSTRAINT role_grant_four_eyes CHECK
    (confirmed_by <> proposed_by AND confirmed_by_person <> proposed_by_person),
  ADD CONSTRAINT role_grant_not_to_oneself CHECK
    (subject_id <> proposed_by_person AND subject_id <> confirmed_by_person),
  ADD CONSTRAINT role_grant_digest_form CHECK (assertion_digest ~ '^[0-9a-f]{64}$');

CREATE UNIQUE INDEX role_grant_open ON identity.role_grant (staff_id, role) WHERE confirmed_at IS NULL;

/* Proposed open, confirmed once, and then for good. */
CREATE FUNCTION identity.guard_role_grant() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.confirmed_at IS NOT NULL THEN
      RAISE EXCEPTION 'a role is proposed before it is confirmed' USING ERRCODE = 'check_violation';
    END IF;
    NEW.proposed_at := now();
    RETURN NEW;
  END IF;
  IF OLD.confirmed_at IS NOT NULL OR
     (NEW.grant_id, NEW.staff_id, NEW.subject_id, NEW.role, NEW.proposed_by, NEW.proposed_by_person,
      NEW.proposed_at) IS DISTINCT FROM
     (OLD.grant_id, OLD.staff_id, OLD.subject_id, OLD.role, OLD.proposed_by, OLD.proposed_by_person,
      OLD.proposed_at) THEN
    RAISE EXCEPTION 'a proposed role is confirmed as it is, once' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_role_grant BEFORE INSERT OR UPDATE ON identity.role_grant
  FOR EACH ROW EXECUTE FUNCTION identity.guard_role_grant();

/* The API cannot write roles: it confirms a grant, and the grant writes the role. Both who granted it are
   noted as close to the one who has it now. */
CREATE FUNCTION identity.hold_granted_role() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  INSERT INTO identity.staff_role (staff_id, role, granted_by)
  VALUES (NEW.staff_id, NEW.role, NEW.confirmed_by) ON CONFLICT DO NOTHING;
  INSERT INTO identity.staff_act (subject_id, done_by, kind, at)
  SELECT NEW.subject_id, person, 'role-granted', now()
  FROM unnest(ARRAY[NEW.proposed_by_person, NEW.confirmed_by_person]) AS person
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE TRIGGER hold_granted_role AFTER UPDATE ON identity.role_grant
  FOR EACH ROW WHEN (NEW.confirmed_at IS NOT NULL AND OLD.confirmed_at IS NULL)
  EXECUTE FUNCTION identity.hold_granted_role();

/* Whether one of two persons made, reset or raised the account of the other in the last 30 days. */
CREATE FUNCTION identity.are_close(one text, other text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT EXISTS (SELECT FROM identity.staff_act a
    WHERE (a.subject_id, a.done_by) IN ((one, other), (other, one)) AND a.at > now() - interval '30 days');
$$;

/* Whether a passkey is the one of this member of staff, person and key: asked by the trigger that takes
   approvals, whoever writes them. */
CREATE FUNCTION identity.is_passkey_of(credential text, staff text, person text, key bytea) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT EXISTS (SELECT FROM identity.passkey p JOIN identity.staff s USING (staff_id)
    WHERE p.credential_id = credential AND p.staff_id = staff AND p.subject_id = person
      AND p.public_key = key AND s.disabled_at IS NULL);
$$;

GRANT SELECT, INSERT ON identity.passkey TO shop_api;
GRANT UPDATE (counter) ON identity.passkey TO shop_api;
GRANT SELECT, INSERT ON identity.role_grant TO shop_api;
GRANT UPDATE (confirmed_by, confirmed_by_person, confirmed_at, assertion_digest)
  ON identity.role_grant TO shop_api;
-- the worker seeds, exports and erases
GRANT SELECT, INSERT, DELETE ON identity.passkey TO shop_worker;
GRANT SELECT, DELETE ON identity.role_grant, identity.staff_act TO shop_worker;
-- the eraser, which has the login of the audit, holds signatures against the keys
GRANT SELECT (credential_id, staff_id, subject_id, public_key, is_demo, vouched_by,
  vouching_authenticator_data, vouching_client_data, vouching_signature, created_at)
  ON identity.passkey TO shop_audit;
