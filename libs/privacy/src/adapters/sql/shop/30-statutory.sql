ALTER TABLE privacy.legal_hold
  ADD CONSTRAINT legal_hold_id_form CHECK (hold_id ~ '^hld_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT legal_hold_subject_form CHECK (subject_id ~ '^sub_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  -- what a case may need of a person; credentials are never held
  ADD CONSTRAINT legal_hold_category_known CHECK (category IN ('account', 'address', 'session', 'order', 'staff_login')),
  -- a number, so that no name comes in by this door
  ADD CONSTRAINT legal_hold_case_form CHECK (case_reference ~ '^[A-Z]{1,8}-[0-9]{4}-[0-9]{1,6}$'),
  ADD CONSTRAINT legal_hold_opened_by_form CHECK (opened_by ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT legal_hold_released_by_form CHECK (released_by ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT legal_hold_released_whole CHECK (num_nulls(released_by, released_at) IN (0, 2));

-- A case holds a category of a person once.
CREATE UNIQUE INDEX legal_hold_open ON privacy.legal_hold (subject_id, category, case_reference)
  WHERE released_at IS NULL;

/* A case is closed once and for all its people: what it held ends a year later, and a new hold under its number
   would end with it. A hold stays what it is; it loses its person at erasure and gets its release. */
CREATE FUNCTION privacy.guard_legal_hold() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    -- opening and closing a case take turns
    PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('legal_hold|' || NEW.case_reference));
    IF EXISTS (SELECT FROM privacy.legal_hold h
               WHERE h.case_reference = NEW.case_reference AND h.released_at IS NOT NULL) THEN
      RAISE EXCEPTION 'case % is closed', NEW.case_reference USING ERRCODE = 'PR004';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR (NEW.hold_id, NEW.category, NEW.case_reference, NEW.opened_by, NEW.opened_at)
       IS DISTINCT FROM (OLD.hold_id, OLD.category, OLD.case_reference, OLD.opened_by, OLD.opened_at)
     OR (NEW.subject_id IS NOT NULL AND NEW.subject_id IS DISTINCT FROM OLD.subject_id)
     OR (OLD.released_at IS NOT NULL AND (NEW.released_at, NEW.released_by)
          IS DISTINCT FROM (OLD.released_at, OLD.released_by)) THEN
    RAISE EXCEPTION 'hold % stays as it is', OLD.hold_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_legal_hold BEFORE INSERT OR UPDATE OR DELETE ON privacy.legal_hold
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_legal_hold();

-- about an active person only: whoever is fenced goes by the plan that two officers approved
CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON privacy.legal_hold
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id');

/* Closes a case: all of its holds at once. Answers how many there were open. */
CREATE FUNCTION privacy.close_case(closed_case text, officer text, closed_at timestamptz) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  released integer;
BEGIN
  PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('legal_hold|' || closed_case));
  UPDATE privacy.legal_hold SET released_by = officer, released_at = closed_at
    WHERE case_reference = closed_case AND released_at IS NULL;
  GET DIAGNOSTICS released = ROW_COUNT;
  RETURN released;
END $$;

ALTER TABLE privacy.retained_field
  ADD CONSTRAINT retained_field_id_form CHECK (field_id ~ '^rtf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT retained_field_request_known FOREIGN KEY (request_id) REFERENCES privacy.erasure_request (request_id),
  ADD CONSTRAINT retained_field_store_form CHECK (store ~ '^[a-z_]{1,63}\.[a-z_]{1,63}$'),
  ADD CONSTRAINT retained_field_field_form CHECK (field ~ '^[a-z_]{1,63}$'),
  ADD CONSTRAINT retained_field_category_form CHECK (category ~ '^[a-z_]{1,63}$'),
  ADD CONSTRAINT retained_field_ordinal_positive CHECK (ordinal > 0),
  ADD CONSTRAINT retained_field_cohort_form CHECK
    (cohort ~ '^(RETAIN_[a-z]{2}_[a-z][a-z0-9-]{0,39}_[0-9]{4}-[0-9]{2}|HOLD_[A-Z]{1,8}-[0-9]{4}-[0-9]{1,6})$'),
  ADD CONSTRAINT retained_field_has_end CHECK (cohort LIKE 'HOLD\_%' OR keep_until IS NOT NULL),
  ADD CONSTRAINT retained_field_under_its_cohort CHECK (content LIKE 'c1|A256GCM|' || cohort || '|%');

/* A kept field comes only between the fence and the end of the person's key, is never changed, and goes only
   after its last day. A case that is closed gives its fields their end. */
CREATE FUNCTION privacy.guard_retained_field() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM privacy.erasure_request r
                   WHERE r.request_id = NEW.request_id AND r.status = 'drained' AND r.needs_extract FOR SHARE) THEN
      RAISE EXCEPTION 'request % extracts nothing now', NEW.request_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' THEN
    IF OLD.keep_until IS NULL OR OLD.keep_until >= current_date THEN
      RAISE EXCEPTION 'field % is kept until %', OLD.field_id, OLD.keep_until USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF OLD.keep_until IS NOT NULL OR NEW.keep_until IS NULL
     OR pg_catalog.to_jsonb(NEW) - 'keep_until' <> pg_catalog.to_jsonb(OLD) - 'keep_until' THEN
    RAISE EXCEPTION 'field % stays as it is', OLD.field_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_retained_field BEFORE INSERT OR UPDATE OR DELETE ON privacy.retained_field
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_retained_field();

/* The key of a person may end only once every store of the approved plan has been extracted. */
CREATE FUNCTION privacy.guard_extracted() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF NEW.needs_extract AND EXISTS (
    SELECT FROM pg_catalog.jsonb_array_elements(NEW.plan::pg_catalog.jsonb -> 'entries') AS entry,
      LATERAL pg_catalog.jsonb_array_elements_text(entry -> 'fields') AS field
    WHERE NOT EXISTS (SELECT FROM privacy.erasure_step s
      WHERE s.request_id = NEW.request_id AND s.step = 'extract' AND s.state = 'done'
        AND s.store = pg_catalog.substring(field, '^(.*)\.[^.]*$'))) THEN
    RAISE EXCEPTION 'request % has fields that are not extracted', NEW.request_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_extracted BEFORE UPDATE ON privacy.erasure_request
  FOR EACH ROW WHEN (NEW.status = 'extracted' AND OLD.status <> 'extracted')
  EXECUTE FUNCTION privacy.guard_extracted();

ALTER TABLE privacy.record_reading
  ADD CONSTRAINT record_reading_reader_form CHECK (reader ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT record_reading_store_known CHECK (store IN ('invoices.invoice', 'privacy.retained_field')),
  ADD CONSTRAINT record_reading_record_form CHECK (record ~ '^(inv|rtf)_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT record_reading_purpose_known CHECK (purpose IN
    ('tax_return', 'tax_audit', 'credit_note', 'legal_claim', 'order_of_authority', 'access_request'));

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON privacy.record_reading
  FOR EACH ROW EXECUTE FUNCTION privacy.refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON privacy.record_reading
  FOR EACH STATEMENT EXECUTE FUNCTION privacy.refuse_change();

/* Writes down that a member of staff reads a record, or refuses. Only the functions that hand out records call
   it, so that none is handed out without. SQLSTATE PR005: the reader does not hold the role now. */
CREATE FUNCTION privacy.note_reading(reading_staff text, needed_role text, read_store text, read_record text,
    reading_purpose text) RETURNS void
  LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM identity.staff s JOIN identity.staff_role r ON r.staff_id = s.staff_id
                 WHERE s.staff_id = reading_staff AND r.role = needed_role AND s.disabled_at IS NULL) THEN
    RAISE EXCEPTION 'this is read by a % only', needed_role USING ERRCODE = 'PR005';
  END IF;
  INSERT INTO privacy.record_reading (reader, store, record, purpose)
    VALUES (reading_staff, read_store, read_record, reading_purpose);
END $$;

/* The kept fields of one request, for a privacy officer; every one of them is noted. */
CREATE FUNCTION privacy.read_retained_fields(of_request text, reading_staff text, reading_purpose text)
  RETURNS SETOF privacy.retained_field
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  kept privacy.retained_field;
BEGIN
  FOR kept IN SELECT * FROM privacy.retained_field r WHERE r.request_id = of_request
      ORDER BY r.store, r.ordinal, r.field LOOP
    PERFORM privacy.note_reading(reading_staff, 'privacy-officer', 'privacy.retained_field', kept.field_id,
      reading_purpose);
    RETURN NEXT kept;
  END LOOP;
END $$;

/* Whether somebody is active, and stays so until the transaction ends: for what is not about the person by its
   columns, and names the person all the same. */
CREATE FUNCTION privacy.stays_active(of_subject text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  PERFORM FROM privacy.subject WHERE subject_id = of_subject AND status = 'active' FOR SHARE;
  RETURN FOUND;
END $$;

REVOKE EXECUTE ON FUNCTION privacy.close_case, privacy.note_reading, privacy.read_retained_fields,
  privacy.stays_active FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.read_retained_fields, privacy.close_case TO shop_api;
GRANT EXECUTE ON FUNCTION privacy.stays_active TO shop_api, shop_worker;
GRANT SELECT, INSERT ON privacy.legal_hold TO shop_api;
GRANT SELECT, UPDATE (subject_id) ON privacy.legal_hold TO shop_worker;
GRANT INSERT, DELETE, UPDATE (keep_until) ON privacy.retained_field TO shop_worker;
GRANT SELECT (field_id, request_id, store, field, ordinal, category, cohort, keep_until)
  ON privacy.retained_field TO shop_worker, shop_audit;
GRANT SELECT ON privacy.legal_hold, privacy.record_reading TO shop_audit;
