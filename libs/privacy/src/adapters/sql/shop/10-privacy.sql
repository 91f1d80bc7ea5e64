ALTER TABLE privacy.subject
  ADD CONSTRAINT subject_id_form CHECK (subject_id ~ '^sub_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT subject_status_known CHECK (status IN ('active', 'fenced', 'erased')),
  ADD CONSTRAINT subject_fenced_has_instant CHECK ((status <> 'active') = (fenced_at IS NOT NULL)),
  ADD CONSTRAINT subject_erased_has_instant CHECK ((status = 'erased') = (erased_at IS NOT NULL));

ALTER TABLE privacy.erasure_request
  ADD CONSTRAINT erasure_request_id_form CHECK (request_id ~ '^ers_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT erasure_request_status_known CHECK (status IN
    ('requested', 'withdrawn', 'rejected', 'approved', 'fenced', 'key_unusable', 'purged',
     'key_destroyed', 'closed', 'failed')),
  ADD CONSTRAINT erasure_request_failure_code_form CHECK (failure_code ~ '^[A-Z_]{1,64}$'),
  ADD CONSTRAINT erasure_request_plan_digest_form CHECK (plan_digest ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT erasure_request_approval_complete CHECK
    (num_nulls(approved_by, approved_by_person, approved_at, plan_digest) IN (0, 4)),
  ADD CONSTRAINT erasure_request_needs_approval CHECK
    (approved_by IS NOT NULL OR status IN ('requested', 'withdrawn', 'rejected')),
  -- four eyes: two persons, neither of them the one who is erased
  ADD CONSTRAINT erasure_request_four_eyes CHECK
    (approved_by <> requested_by AND approved_by_person <> requested_by_person),
  ADD CONSTRAINT erasure_request_not_of_oneself CHECK
    (subject_id <> requested_by_person AND subject_id <> approved_by_person),
  ADD CONSTRAINT erasure_request_version_positive CHECK (version > 0);

-- One request at a time about one person.
CREATE UNIQUE INDEX erasure_request_open ON privacy.erasure_request (subject_id)
  WHERE status NOT IN ('withdrawn', 'rejected', 'closed');

ALTER TABLE privacy.erasure_step
  ADD CONSTRAINT erasure_step_name_form CHECK (step ~ '^[a-z][a-z-]{0,62}$'),
  ADD CONSTRAINT erasure_step_store_form CHECK (store ~ '^[a-z][a-z0-9_.-]{0,62}$'),
  ADD CONSTRAINT erasure_step_state_known CHECK (state IN ('pending', 'done', 'failed')),
  ADD CONSTRAINT erasure_step_counts CHECK
    (least(attempts, matched, deleted, left_count) >= 0 AND deleted + left_count <= matched),
  ADD CONSTRAINT erasure_step_left_reason_form CHECK (left_reason ~ '^[A-Z_]{1,64}$'),
  ADD CONSTRAINT erasure_step_left_has_reason CHECK (left_count = 0 OR left_reason IS NOT NULL),
  ADD CONSTRAINT erasure_step_evidence_form CHECK (evidence_digest ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT erasure_step_done_has_instant CHECK ((state = 'done') = (finished_at IS NOT NULL));

-- active, fenced, erased: never back.
CREATE FUNCTION privacy.guard_subject_status() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF array_position(ARRAY['active', 'fenced', 'erased'], NEW.status)
     < array_position(ARRAY['active', 'fenced', 'erased'], OLD.status) THEN
    RAISE EXCEPTION 'subject % is % for good', OLD.subject_id, OLD.status USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_subject_status BEFORE UPDATE ON privacy.subject
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_status();

/* Makes a subject known, in the transaction that writes the first row about it. Answers false when the
   subject was known before: it may have been fenced. */
CREATE FUNCTION privacy.admit_subject(new_subject text) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  WITH admitted AS (
    INSERT INTO privacy.subject (subject_id) VALUES (new_subject) ON CONFLICT DO NOTHING RETURNING 1
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
    SET status = CASE known.status WHEN 'active' THEN 'fenced' ELSE known.status END,
        fenced_at = coalesce(known.fenced_at, now())
  RETURNING status;
$$;

/* Shuts the door on a registration that never got its account. Answers false when there is an account
   after all: the subject was admitted before. */
CREATE FUNCTION privacy.fence_if_unknown(abandoned_subject text) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  WITH fenced AS (
    INSERT INTO privacy.subject (subject_id, status, fenced_at) VALUES (abandoned_subject, 'fenced', now())
    ON CONFLICT DO NOTHING RETURNING 1
  )
  SELECT EXISTS (SELECT FROM fenced)
      OR EXISTS (SELECT FROM privacy.subject s WHERE s.subject_id = abandoned_subject AND s.status <> 'active');
$$;

-- People whose data may be read and written. A view, not a function: every request joins it.
CREATE VIEW privacy.active_subject AS
  SELECT subject_id FROM privacy.subject WHERE status = 'active';

/* Attached to every subject table by its owner:

     CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON identity.account
       FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'email', 'full_name');

   The first argument names the column with the subject, the others the personal columns. A personal write
   is a new row, or a personal column that gets a new value other than NULL; so the state of an order and
   its money are still booked after the fence, and a purge may empty a column or cut a row off its subject.
   A personal write shares the lock of the status row until its transaction ends. SQLSTATE PR001: the subject is fenced or erased.
   SQLSTATE PR002: nobody admitted the subject. */
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
  IF subject_status IS NULL THEN
    RAISE EXCEPTION 'no subject was admitted for a row of %.%', TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'PR002';
  END IF;
  RAISE EXCEPTION 'the subject of a row of %.% is %', TG_TABLE_SCHEMA, TG_TABLE_NAME, subject_status
    USING ERRCODE = 'PR001';
END $$;

REVOKE EXECUTE ON FUNCTION privacy.admit_subject, privacy.fence_subject, privacy.fence_if_unknown
  FROM PUBLIC;
GRANT USAGE ON SCHEMA privacy TO shop_api, shop_worker, shop_audit;
GRANT EXECUTE ON FUNCTION privacy.admit_subject TO shop_api, shop_worker;
GRANT EXECUTE ON FUNCTION privacy.fence_subject, privacy.fence_if_unknown TO shop_worker;
GRANT SELECT ON privacy.subject TO shop_api, shop_worker, shop_audit;
GRANT SELECT ON privacy.active_subject TO shop_api, shop_worker;
GRANT UPDATE (status, erased_at) ON privacy.subject TO shop_worker;
GRANT SELECT, INSERT, UPDATE ON privacy.erasure_request TO shop_api, shop_worker;
GRANT SELECT, INSERT, UPDATE ON privacy.erasure_step TO shop_worker;
GRANT SELECT ON privacy.erasure_step TO shop_api;
GRANT SELECT ON privacy.erasure_request, privacy.erasure_step TO shop_audit;
