ALTER TABLE rights.request
  ADD CONSTRAINT request_id_form CHECK (request_id ~ '^rrq_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT request_kind_known CHECK (kind IN ('export', 'rectification', 'grievance')),
  ADD CONSTRAINT request_staff_form CHECK (requested_by ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT request_purpose_known CHECK (purpose IN
    ('support_request', 'rights_request', 'fraud_check', 'legal_claim', 'incident')),
  ADD CONSTRAINT request_of_staff_has_purpose CHECK ((requested_by IS NULL) = (purpose IS NULL)),
  ADD CONSTRAINT request_due_later CHECK (due_at > requested_at),
  ADD CONSTRAINT request_extended_further CHECK (extended_to > due_at),
  ADD CONSTRAINT request_answered_later CHECK (answered_at >= requested_at),
  -- whoever is told of a correction is told once it is made
  ADD CONSTRAINT request_told_of_correction CHECK
    (told_at IS NULL OR (kind = 'rectification' AND answered_at IS NOT NULL AND told_at >= answered_at));

-- the queue of the officers, a page at a time
CREATE INDEX request_open_by_due ON rights.request (coalesce(extended_to, due_at), request_id)
  WHERE answered_at IS NULL;
CREATE INDEX request_answered ON rights.request (answered_at, request_id) WHERE answered_at IS NOT NULL;

CREATE INDEX request_untold ON rights.request (request_id)
  WHERE kind = 'rectification' AND answered_at IS NOT NULL AND told_at IS NULL;

ALTER TABLE rights.export
  ADD CONSTRAINT export_status_known CHECK
    (status IN ('requested', 'ready', 'downloaded', 'expired', 'failed')),
  ADD CONSTRAINT export_passphrase_is_ciphertext CHECK (passphrase LIKE 'v1|%'),
  ADD CONSTRAINT export_archive_is_ciphertext CHECK (archive LIKE 'v1|%'),
  ADD CONSTRAINT export_link_is_ciphertext CHECK (link LIKE 'v1|%'),
  ADD CONSTRAINT export_link_while_of_use CHECK (link IS NULL OR status IN ('requested', 'ready')),
  -- what opens the archive and the archive itself are never here together
  ADD CONSTRAINT export_passphrase_until_made CHECK ((status = 'requested') = (passphrase IS NOT NULL)),
  ADD CONSTRAINT export_archive_while_ready CHECK ((status = 'ready') = (archive IS NOT NULL)),
  ADD CONSTRAINT export_token_hash_length CHECK (octet_length(token_hash) = 32),
  ADD CONSTRAINT export_attempts_counted CHECK (attempts >= 0),
  ADD CONSTRAINT export_made_has_instant CHECK (status NOT IN ('ready', 'downloaded') OR made_at IS NOT NULL),
  ADD CONSTRAINT export_gone_in_a_week CHECK (expires_at <= made_at + interval '168 hours'),
  ADD CONSTRAINT export_downloaded_has_instant CHECK ((status = 'downloaded') = (downloaded_at IS NOT NULL));

ALTER TABLE rights.grievance
  ADD CONSTRAINT grievance_content_is_ciphertext CHECK (content LIKE 'v1|%'),
  ADD CONSTRAINT grievance_answer_is_ciphertext CHECK (answer LIKE 'v1|%'),
  ADD CONSTRAINT grievance_answered_by_form CHECK (answered_by ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT grievance_answer_whole CHECK (num_nulls(answer, answered_by) IN (0, 2));

ALTER TABLE rights.nominee
  ADD CONSTRAINT nominee_id_form CHECK (nominee_id ~ '^nmn_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT nominee_place_range CHECK (place BETWEEN 1 AND 10),
  ADD CONSTRAINT nominee_content_is_ciphertext CHECK (content LIKE 'v1|%'),
  ADD CONSTRAINT nominee_heard_by_form CHECK (heard_by ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT nominee_evidence_form CHECK (evidence ~ '^[A-Z]{1,8}-[0-9]{4}-[0-9]{1,6}$'),
  ADD CONSTRAINT nominee_heard_whole CHECK (num_nulls(heard_at, heard_by, evidence) IN (0, 3));

CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON rights.grievance
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'content', 'answer');
CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON rights.nominee
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'content');
CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON rights.request
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'kind');
CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON rights.export
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'passphrase', 'archive', 'link');

-- A link that was used stays used: no state is ever left backwards.
CREATE FUNCTION rights.guard_export() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF NEW.status <> OLD.status AND OLD.status || '>' || NEW.status NOT IN
    ('requested>ready', 'requested>failed', 'requested>expired', 'ready>downloaded', 'ready>expired') THEN
    RAISE EXCEPTION 'export % does not go from % to %', OLD.request_id, OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.token_hash <> OLD.token_hash THEN
    RAISE EXCEPTION 'the link of export % is the one that was handed out', OLD.request_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER export_goes_forward BEFORE UPDATE ON rights.export
  FOR EACH ROW EXECUTE FUNCTION rights.guard_export();

GRANT USAGE ON SCHEMA rights TO shop_api, shop_worker, shop_audit;
GRANT SELECT, INSERT, UPDATE ON rights.request TO shop_api;
GRANT SELECT, INSERT, UPDATE ON rights.export TO shop_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON rights.request, rights.export TO shop_worker;
GRANT SELECT, INSERT, UPDATE (answer, answered_by) ON rights.grievance TO shop_api;
GRANT SELECT, INSERT, DELETE, UPDATE (heard_at, heard_by, evidence) ON rights.nominee TO shop_api;
GRANT SELECT, DELETE ON rights.grievance, rights.nominee TO shop_worker;
-- what a former key of the person sealed is sealed anew
GRANT UPDATE (content, answer) ON rights.grievance TO shop_worker;
GRANT UPDATE (content) ON rights.nominee TO shop_worker;
GRANT SELECT (request_id, kind, requested_at, due_at, extended_to, answered_at, told_at) ON rights.request TO shop_audit;
GRANT SELECT (request_id, status, attempts, made_at, expires_at, downloaded_at) ON rights.export TO shop_audit;
