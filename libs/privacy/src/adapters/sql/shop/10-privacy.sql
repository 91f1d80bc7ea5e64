ALTER TABLE privacy.subject
  ADD CONSTRAINT subject_id_form CHECK (subject_id ~ '^sub_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT subject_status_known CHECK (status IN ('active', 'restricted', 'fenced', 'erased')),
  ADD CONSTRAINT subject_fenced_has_instant CHECK
    ((status IN ('fenced', 'erased')) = (fenced_at IS NOT NULL)),
  ADD CONSTRAINT subject_restricted_by_somebody CHECK
    ((restricted_by_staff_at IS NULL) = (restricted_by IS NULL)),
  ADD CONSTRAINT subject_restricted_has_reason CHECK (CASE status WHEN 'active'
    THEN num_nonnulls(restricted_for_erasure_at, restricted_by_staff_at) = 0 WHEN 'restricted'
    THEN num_nonnulls(restricted_for_erasure_at, restricted_by_staff_at) > 0 ELSE true END),
  ADD CONSTRAINT subject_erased_has_instant CHECK ((status = 'erased') = (erased_at IS NOT NULL));

ALTER TABLE privacy.erasure_request
  ADD CONSTRAINT erasure_request_id_form CHECK (request_id ~ '^ers_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT erasure_request_status_known CHECK (status IN
    ('received', 'identity_pending', 'verified', 'assessed', 'approved', 'partial', 'cooling_off', 'fenced',
     'drained', 'extracted', 'key_unusable', 'purged', 'recipients_notified', 'verified_unreadable',
     'key_destroyed', 'certified', 'closed', 'rejected', 'withdrawn', 'duplicate', 'on_hold', 'failed')),
  ADD CONSTRAINT erasure_request_resumes_known CHECK (resumes_to IN
    ('received', 'identity_pending', 'verified', 'assessed', 'approved', 'partial', 'cooling_off', 'fenced',
     'drained', 'extracted', 'key_unusable', 'purged', 'recipients_notified', 'verified_unreadable',
     'key_destroyed', 'certified')),
  ADD CONSTRAINT erasure_request_stopped_resumes CHECK
    ((status IN ('on_hold', 'failed')) = (resumes_to IS NOT NULL)),
  ADD CONSTRAINT erasure_request_failure_step_form CHECK (failed_step ~ '^[a-z][a-z-]{0,62}$'),
  ADD CONSTRAINT erasure_request_failure_code_form CHECK (failure_code ~ '^[A-Z_]{1,64}$'),
  ADD CONSTRAINT erasure_request_failure_told CHECK
    (num_nonnulls(failed_step, failure_code) = CASE status WHEN 'failed' THEN 2 ELSE 0 END),
  ADD CONSTRAINT erasure_request_identity_known CHECK
    (identity IN ('named_by_staff', 'fresh_sign_in', 'mail_loop')),
  ADD CONSTRAINT erasure_request_due_later CHECK (due_at > requested_at),
  ADD CONSTRAINT erasure_request_extended_further CHECK (extended_to > due_at),
  ADD CONSTRAINT erasure_request_plan_digested CHECK
    (plan_digest IS NOT DISTINCT FROM encode(sha256(convert_to(plan, 'UTF8')), 'hex')),
  ADD CONSTRAINT erasure_request_plan_facts CHECK
    (plan IS NOT NULL OR NOT (keeps_something OR needs_extract)),
  ADD CONSTRAINT erasure_request_asked_whole CHECK
    (num_nulls(requested_by, requested_by_person) IN (0, 2)),
  -- by an officer, unless the person asked; and from the confirmation on always
  ADD CONSTRAINT erasure_request_asked_by_somebody CHECK (requested_by IS NOT NULL OR
    (confirmed_digest IS NULL AND identity IS DISTINCT FROM 'named_by_staff')),
  ADD CONSTRAINT erasure_request_confirmation_complete CHECK
    (num_nulls(confirmed_digest, confirmed_at) IN (0, 2)),
  ADD CONSTRAINT erasure_request_confirms_this_plan CHECK (confirmed_digest = plan_digest),
  ADD CONSTRAINT erasure_request_confirmed_first CHECK
    (approved_by IS NULL OR confirmed_digest IS NOT NULL),
  ADD CONSTRAINT erasure_request_approval_complete CHECK
    (num_nulls(approved_by, approved_by_person, approved_at, approved_digest) IN (0, 4)),
  ADD CONSTRAINT erasure_request_approves_this_plan CHECK (approved_digest = plan_digest),
  ADD CONSTRAINT erasure_request_needs_approval CHECK
    (approved_by IS NOT NULL OR coalesce(resumes_to, status) IN
      ('received', 'identity_pending', 'verified', 'assessed', 'rejected', 'withdrawn', 'duplicate')),
  -- four eyes: two persons, neither of them the one who is erased
  ADD CONSTRAINT erasure_request_four_eyes CHECK
    (approved_by <> requested_by AND approved_by_person <> requested_by_person),
  ADD CONSTRAINT erasure_request_not_of_oneself CHECK
    (subject_id <> requested_by_person AND subject_id <> approved_by_person),
  ADD CONSTRAINT erasure_request_fenced_has_instant CHECK ((fenced_at IS NOT NULL) =
    (coalesce(resumes_to, status) IN ('fenced', 'drained', 'extracted', 'key_unusable', 'purged', 'recipients_notified',
      'verified_unreadable', 'key_destroyed', 'certified', 'closed'))),
  ADD CONSTRAINT erasure_request_committed_first CHECK
    ((fenced_at IS NULL OR committed_at IS NOT NULL) AND
     (committed_at IS NULL OR (approved_by IS NOT NULL AND committed_at >= cooling_off_until))),
  ADD CONSTRAINT erasure_request_key_ends_last CHECK (key_unusable_at IS NULL OR
    (fenced_at IS NOT NULL AND drained_at IS NOT NULL AND approved_by IS NOT NULL)),
  ADD CONSTRAINT erasure_request_in_order CHECK
    ((purged_at IS NULL OR key_unusable_at IS NOT NULL) AND (key_destroyed_at IS NULL OR purged_at IS NOT NULL)),
  ADD CONSTRAINT erasure_request_closed_has_instant CHECK
    ((status IN ('closed', 'rejected', 'withdrawn', 'duplicate')) = (closed_at IS NOT NULL)),
  ADD CONSTRAINT erasure_request_duplicate_named CHECK ((status = 'duplicate') = (duplicate_of IS NOT NULL)),
  ADD CONSTRAINT erasure_request_duplicate_known FOREIGN KEY (duplicate_of)
    REFERENCES privacy.erasure_request (request_id),
  ADD CONSTRAINT erasure_request_version_positive CHECK (version > 0);

-- One request at a time about one person.
CREATE UNIQUE INDEX erasure_request_open ON privacy.erasure_request (subject_id)
  WHERE status NOT IN ('withdrawn', 'rejected', 'duplicate', 'closed');
-- workers and the eraser ask for what is open every few seconds; what is closed only grows
CREATE INDEX erasure_request_not_closed ON privacy.erasure_request (request_id) WHERE closed_at IS NULL;
-- every process that has a login at the KMS asks for these again and again
CREATE INDEX erasure_request_to_verify ON privacy.erasure_request (request_id)
  WHERE status = 'recipients_notified';

ALTER TABLE privacy.erasure_step
  ADD CONSTRAINT erasure_step_name_form CHECK (step ~ '^[a-z][a-z-]{0,62}$'),
  ADD CONSTRAINT erasure_step_store_form CHECK (store ~ '^[a-z][a-z0-9_.:-]{0,126}$'),
  ADD CONSTRAINT erasure_step_key_form CHECK (idempotency_key = 'erasure:' || request_id || ':' || step),
  ADD CONSTRAINT erasure_step_state_known CHECK (state IN ('pending', 'done', 'failed')),
  ADD CONSTRAINT erasure_step_counts CHECK
    (least(attempts, matched, deleted, left_count) >= 0 AND deleted + left_count <= matched),
  ADD CONSTRAINT erasure_step_left_reason_form CHECK (left_reason ~ '^[A-Z_]{1,64}$'),
  ADD CONSTRAINT erasure_step_left_has_reason CHECK (left_count = 0 OR left_reason IS NOT NULL),
  ADD CONSTRAINT erasure_step_evidence_form CHECK (evidence_digest ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT erasure_step_done_has_instant CHECK ((state = 'done') = (finished_at IS NOT NULL));

ALTER TABLE privacy.erasure_event
  ADD CONSTRAINT erasure_event_action_form CHECK (action ~ '^[a-z][a-z-]{0,62}$'),
  ADD CONSTRAINT erasure_event_actor_known CHECK
    (actor ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$' OR actor IN ('worker', 'eraser', 'subject')),
  ADD CONSTRAINT erasure_event_detail_form CHECK (detail ~ '^[A-Z][A-Z0-9_]{0,63}$'),
  ADD CONSTRAINT erasure_event_hash_length CHECK (octet_length(hash) = 32),
  ADD CONSTRAINT erasure_event_chained CHECK ((seq = 1) = (prev_hash IS NULL) AND seq > 0);

ALTER TABLE privacy.erasure_certificate
  ADD CONSTRAINT erasure_certificate_key_form CHECK (key_arn ~ '^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/'),
  ADD CONSTRAINT erasure_certificate_signature_length CHECK (octet_length(signature) = 64),
  ADD CONSTRAINT erasure_certificate_signed_whole CHECK (num_nulls(signature, key_arn, public_key) IN (0, 3));

ALTER TABLE privacy.key_holder
  ADD CONSTRAINT key_holder_process_form CHECK (process_id ~ '^[0-9a-f-]{36}$'),
  ADD CONSTRAINT key_holder_kind_known CHECK (kind IN ('api', 'worker'));

/* The states and what they lead to, as libs/flows/erasure has them; a spec holds the two lists against
   each other. A held or failed request goes on where it was. */
CREATE FUNCTION privacy.guard_erasure_request() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  allowed CONSTANT text[] := string_to_array(
    'approved>assessed approved>cooling_off approved>on_hold approved>withdrawn assessed>approved '
    'assessed>assessed assessed>on_hold assessed>partial assessed>rejected assessed>withdrawn '
    'certified>closed certified>failed cooling_off>assessed cooling_off>failed cooling_off>fenced '
    'cooling_off>on_hold cooling_off>withdrawn drained>extracted drained>failed extracted>failed '
    'extracted>key_unusable failed>certified '
    'failed>cooling_off failed>drained failed>extracted failed>fenced failed>key_destroyed failed>key_unusable '
    'failed>purged failed>recipients_notified failed>verified_unreadable fenced>drained fenced>failed '
    'identity_pending>duplicate identity_pending>on_hold identity_pending>verified '
    'identity_pending>withdrawn key_destroyed>certified key_destroyed>failed key_unusable>failed '
    'key_unusable>purged on_hold>approved on_hold>assessed on_hold>cooling_off '
    'on_hold>identity_pending on_hold>partial on_hold>received on_hold>verified on_hold>withdrawn '
    'partial>assessed partial>cooling_off partial>on_hold partial>withdrawn purged>failed '
    'purged>recipients_notified received>duplicate received>identity_pending received>on_hold '
    'received>verified received>withdrawn recipients_notified>failed '
    'recipients_notified>verified_unreadable verified>assessed verified>duplicate verified>on_hold '
    'verified>withdrawn verified_unreadable>failed verified_unreadable>key_destroyed', ' ');
BEGIN
  IF NEW.version <> OLD.version + 1 THEN
    RAISE EXCEPTION 'request % changes one version at a time', OLD.request_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.status <> OLD.status AND OLD.status || '>' || NEW.status <> ALL (allowed) THEN
    RAISE EXCEPTION 'request % does not go from % to %', OLD.request_id, OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.status = OLD.status AND OLD.closed_at IS NOT NULL THEN
    RAISE EXCEPTION 'request % has ended', OLD.request_id USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.resumes_to IS NOT NULL AND NEW.status NOT IN (OLD.status, OLD.resumes_to, 'withdrawn') THEN
    RAISE EXCEPTION 'request % goes on at %', OLD.request_id, OLD.resumes_to USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.request_id, NEW.subject_id, NEW.requested_at, NEW.due_at)
     IS DISTINCT FROM (OLD.request_id, OLD.subject_id, OLD.requested_at, OLD.due_at)
     -- what the person asked for an officer takes up, once
     OR (OLD.requested_by IS NOT NULL AND (NEW.requested_by, NEW.requested_by_person)
         IS DISTINCT FROM (OLD.requested_by, OLD.requested_by_person))
  THEN
    RAISE EXCEPTION 'request % stays about whom and by whom it is', OLD.request_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.committed_at IS NOT NULL AND NEW.status IN ('assessed', 'on_hold', 'withdrawn') THEN
    RAISE EXCEPTION 'request % is committed', OLD.request_id USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.committed_at IS NOT NULL AND
     (NEW.committed_at, NEW.plan_digest, NEW.approved_by, NEW.approved_by_person, NEW.approved_digest,
      NEW.confirmed_digest)
     IS DISTINCT FROM
     (OLD.committed_at, OLD.plan_digest, OLD.approved_by, OLD.approved_by_person, OLD.approved_digest,
      OLD.confirmed_digest) THEN
    RAISE EXCEPTION 'request % is past its approval', OLD.request_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_erasure_request BEFORE UPDATE ON privacy.erasure_request
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_erasure_request();

/* Chains an event to the one before it, whatever the writer sent as hashes. Its number is the version that
   the request has by it, so that no change goes without its event, nor an event without its change. */
CREATE FUNCTION privacy.chain_erasure_event() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  current_version int;
BEGIN
  SELECT version INTO current_version FROM privacy.erasure_request
    WHERE request_id = NEW.request_id FOR UPDATE;
  IF current_version IS DISTINCT FROM NEW.seq THEN
    RAISE EXCEPTION 'event % of % is not that of its version %', NEW.seq, NEW.request_id, current_version
      USING ERRCODE = 'check_violation';
  END IF;
  NEW.prev_hash := (SELECT hash FROM privacy.erasure_event
    WHERE request_id = NEW.request_id AND seq = NEW.seq - 1);
  NEW.hash := privacy.erasure_event_hash(NEW);
  RETURN NEW;
END $$;

/* SHA-256 of the fields with bars between them; none of them can hold a bar. */
CREATE FUNCTION privacy.erasure_event_hash(event privacy.erasure_event) RETURNS bytea
  LANGUAGE sql STABLE SET search_path = '' AS $$
  SELECT sha256(convert_to(concat_ws('|', event.request_id, event.seq, event.action, event.actor,
    coalesce(event.detail, ''), to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    coalesce(encode(event.prev_hash, 'hex'), '')), 'UTF8'));
$$;

CREATE TRIGGER chain_erasure_event BEFORE INSERT ON privacy.erasure_event
  FOR EACH ROW EXECUTE FUNCTION privacy.chain_erasure_event();

CREATE FUNCTION privacy.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  RAISE EXCEPTION 'rows of %.% are for ever', TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON privacy.erasure_event
  FOR EACH ROW EXECUTE FUNCTION privacy.refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON privacy.erasure_event
  FOR EACH STATEMENT EXECUTE FUNCTION privacy.refuse_change();
CREATE TRIGGER refuse_removal BEFORE DELETE ON privacy.erasure_request
  FOR EACH ROW EXECUTE FUNCTION privacy.refuse_change();

CREATE FUNCTION privacy.require_erasure_event() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM privacy.erasure_event e
                 WHERE e.request_id = NEW.request_id AND e.seq = NEW.version) THEN
    RAISE EXCEPTION 'version % of % has no event', NEW.version, NEW.request_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

-- at COMMIT, when the event of the same transaction is there
CREATE CONSTRAINT TRIGGER require_erasure_event AFTER INSERT OR UPDATE ON privacy.erasure_request
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION privacy.require_erasure_event();

/* Requests whose chain does not hold: a row that is missing, changed, or not that of the request. */
CREATE FUNCTION privacy.broken_erasure_chains() RETURNS TABLE (request_id text, seq int, fault text)
  LANGUAGE sql STABLE SET search_path = '' AS $$
  SELECT e.request_id, e.seq, CASE
      WHEN e.hash <> privacy.erasure_event_hash(e) THEN 'changed'
      ELSE 'unchained' END
  FROM privacy.erasure_event e
  LEFT JOIN privacy.erasure_event p ON p.request_id = e.request_id AND p.seq = e.seq - 1
  WHERE e.hash <> privacy.erasure_event_hash(e) OR e.prev_hash IS DISTINCT FROM p.hash
  UNION ALL
  SELECT r.request_id, r.version, 'missing' FROM privacy.erasure_request r
  WHERE NOT EXISTS (SELECT FROM privacy.erasure_event e
                    WHERE e.request_id = r.request_id AND e.seq = r.version);
$$;

-- active or restricted, fenced, erased: never back.
CREATE FUNCTION privacy.guard_subject_status() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF OLD.status NOT IN ('active', 'restricted') AND NEW.status NOT IN (OLD.status, 'erased') THEN
    RAISE EXCEPTION 'subject % is % for good', OLD.subject_id, OLD.status USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_subject_status BEFORE UPDATE ON privacy.subject
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_status();

/* Makes a subject known, in the transaction that writes the first row about it. Answers false when the
   subject was known before: it may have been fenced. Only the day is kept: the instant is that of the first
   row, so that it would lead from the reference of an erased guest to their order, and from buyer to recipient. */
CREATE FUNCTION privacy.admit_subject(new_subject text) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  WITH admitted AS (
    INSERT INTO privacy.subject (subject_id, admitted_at)
    VALUES (new_subject, date_trunc('day', now(), 'UTC')) ON CONFLICT DO NOTHING RETURNING 1
  )
  SELECT EXISTS (SELECT FROM admitted);
$$;

/* Waits for personal writes that are under way and refuses all that come later. A subject nobody has
   heard of is fenced too: a registration that lags behind finds the door shut. */
CREATE FUNCTION privacy.fence_subject(fenced_subject text) RETURNS text
  LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  INSERT INTO privacy.subject AS known (subject_id, status, fenced_at)
  VALUES (fenced_subject, 'fenced', now())
  ON CONFLICT (subject_id) DO UPDATE
    SET status = CASE WHEN known.status IN ('active', 'restricted') THEN 'fenced' ELSE known.status END,
        fenced_at = coalesce(known.fenced_at, now())
  RETURNING status;
$$;

/* Puts a hash in the place of the reference of whoever was erased longer ago than any backup is kept; the spare name
   where a restore wrote the reference back beside its hash. Answers whether the reference is gone; false while
   something about the person is under way. */
CREATE FUNCTION privacy.hash_tombstone(erased_subject text, reference text, spare text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  new_name CONSTANT text := CASE
    WHEN EXISTS (SELECT FROM privacy.subject s WHERE s.subject_id = reference) THEN spare ELSE reference END;
BEGIN
  IF EXISTS (SELECT FROM privacy.restored_erasure r
             WHERE r.subject_id = erased_subject AND r.closed_at IS NULL)
     OR EXISTS (SELECT FROM privacy.erasure_request r
                WHERE r.subject_id = erased_subject AND r.closed_at IS NULL) THEN
    RETURN false;
  END IF;
  UPDATE privacy.subject SET subject_id = new_name
    WHERE subject_id = erased_subject AND erased_at < now() - interval '35 days';
  UPDATE privacy.restored_erasure SET subject_id = new_name WHERE subject_id = erased_subject
    AND NOT EXISTS (SELECT FROM privacy.subject s WHERE s.subject_id = erased_subject);
  RETURN NOT EXISTS (SELECT FROM privacy.subject s WHERE s.subject_id = erased_subject);
END $$;

/* Shuts the door on a registration that never got its account. Answers false when there is an account
   after all: the subject was admitted before. */
CREATE FUNCTION privacy.fence_if_unknown(abandoned_subject text) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  WITH fenced AS (
    INSERT INTO privacy.subject (subject_id, status, fenced_at) VALUES (abandoned_subject, 'fenced', now())
    ON CONFLICT DO NOTHING RETURNING 1
  )
  SELECT EXISTS (SELECT FROM fenced)
      OR EXISTS (SELECT FROM privacy.subject s
        WHERE s.subject_id = abandoned_subject AND s.status NOT IN ('active', 'restricted'));
$$;

-- People whose data may be read. A view, not a function: every request joins it. Whose data are restricted are
-- served what they have a right to, and nothing else.
CREATE VIEW privacy.active_subject AS
  SELECT subject_id, status = 'restricted' AS is_restricted FROM privacy.subject
  WHERE status IN ('active', 'restricted');

/* Attached to every subject table by its owner:

     CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON identity.account
       FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'email', 'full_name');

   The first argument names the column with the subject, the others the personal columns. A personal write
   is a new row, or a personal column that gets a new value other than NULL; so the state of an order and
   its money are still booked after the fence, and a purge may empty a column or cut a row off its subject.
   A personal write shares the lock of the status row until its transaction ends. SQLSTATE PR001: the subject is
   fenced or erased. SQLSTATE PR002: nobody admitted the subject. SQLSTATE PR003: the data of the subject are
   restricted; what goes on is what is under way: orders, payments, and the session of who is signed in; and what a
   restriction does not suspend: the copy of one's data (GDPR Article 15), complaints, and that staff look at them for a right or a
   claim of somebody (Article 18(2)). */
CREATE FUNCTION privacy.guard_subject_write() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  written jsonb := to_jsonb(NEW);
  replaced jsonb := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(OLD) END;
  subject_status text;
BEGIN
  IF replaced IS NOT NULL
     AND (written ->> TG_ARGV[0] IS NULL OR written -> TG_ARGV[0] = replaced -> TG_ARGV[0]) AND NOT EXISTS (
    SELECT FROM unnest(TG_ARGV[1:]) AS personal(name)
    WHERE written ->> personal.name IS DISTINCT FROM replaced ->> personal.name
      AND written ->> personal.name IS NOT NULL
  ) THEN
    RETURN NEW;
  END IF;
  SELECT status INTO subject_status FROM privacy.subject
    WHERE subject_id = written ->> TG_ARGV[0] FOR SHARE;
  IF subject_status = 'active' THEN
    RETURN NEW;
  END IF;
  IF subject_status = 'restricted' THEN
    IF TG_OP = 'UPDATE' AND (TG_TABLE_SCHEMA IN ('orders', 'payments')
                             OR TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME = 'identity.session') THEN
      RETURN NEW;
    END IF;
    IF TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME = 'rights.export'
       OR TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME = 'rights.grievance'
       OR TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME = 'rights.request'
         AND written ->> 'kind' IN ('export', 'grievance')
       OR TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME = 'privacy.access_log'
         AND written ->> 'purpose' IN ('rights_request', 'legal_claim') THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the subject of a row of %.% is restricted', TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'PR003';
  END IF;
  IF subject_status IS NULL THEN
    RAISE EXCEPTION 'no subject was admitted for a row of %.%', TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'PR002';
  END IF;
  RAISE EXCEPTION 'the subject of a row of %.% is %', TG_TABLE_SCHEMA, TG_TABLE_NAME, subject_status
    USING ERRCODE = 'PR001';
END $$;

REVOKE EXECUTE ON FUNCTION privacy.admit_subject, privacy.fence_subject, privacy.fence_if_unknown,
  privacy.hash_tombstone FROM PUBLIC;
GRANT USAGE ON SCHEMA privacy TO shop_api, shop_worker, shop_audit;
GRANT EXECUTE ON FUNCTION privacy.admit_subject TO shop_api, shop_worker;
GRANT EXECUTE ON FUNCTION privacy.fence_subject, privacy.fence_if_unknown, privacy.hash_tombstone
  TO shop_worker;
GRANT SELECT ON privacy.subject TO shop_api, shop_worker, shop_audit;
GRANT SELECT ON privacy.active_subject TO shop_api, shop_worker;
GRANT UPDATE (status, erased_at) ON privacy.subject TO shop_worker;
GRANT SELECT, INSERT, UPDATE ON privacy.erasure_request TO shop_api, shop_worker;
GRANT SELECT, INSERT ON privacy.erasure_event TO shop_api, shop_worker;
GRANT SELECT, INSERT, UPDATE ON privacy.erasure_step TO shop_worker;
GRANT SELECT ON privacy.erasure_step TO shop_api;
GRANT SELECT, INSERT ON privacy.erasure_certificate TO shop_worker;
GRANT UPDATE (signature, key_arn, public_key) ON privacy.erasure_certificate TO shop_worker;
GRANT SELECT ON privacy.erasure_certificate TO shop_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON privacy.key_holder TO shop_api, shop_worker;
GRANT SELECT ON privacy.erasure_request, privacy.erasure_step, privacy.erasure_event,
  privacy.erasure_certificate TO shop_audit;
GRANT EXECUTE ON FUNCTION privacy.broken_erasure_chains, privacy.erasure_event_hash TO shop_audit;
