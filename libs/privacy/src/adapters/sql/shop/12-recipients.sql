ALTER TABLE privacy.recipient_notice
  ADD CONSTRAINT recipient_notice_request_form CHECK (request_id ~ '^[a-z]{3}_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT recipient_notice_processor_form CHECK (processor ~ '^[a-z][a-z0-9-]{0,30}$'),
  ADD CONSTRAINT recipient_notice_reference_form CHECK
    (reference ~ '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'),
  ADD CONSTRAINT recipient_notice_state_known CHECK
    (state IN ('prepared', 'pending', 'in_progress', 'completed', 'cancelled', 'void')),
  -- only of a correction, whose person is erased before: a processor is told to erase then
  ADD CONSTRAINT recipient_notice_void_of_correction CHECK (state <> 'void' OR request_id LIKE 'rrq\_%'),
  ADD CONSTRAINT recipient_notice_counts CHECK (attempt > 0 AND identities > 0 AND tries >= 0),
  ADD CONSTRAINT recipient_notice_due_later CHECK (due_at > prepared_at),
  ADD CONSTRAINT recipient_notice_sealed_until_answered CHECK ((state IN ('completed', 'void')) = (sealed IS NULL)),
  -- nothing counts as done that the processor has not signed
  ADD CONSTRAINT recipient_notice_completed_is_proven CHECK
    (num_nulls(completed_at, answer, signature, signer_digest) = CASE state WHEN 'completed' THEN 0 ELSE 4 END),
  ADD CONSTRAINT recipient_notice_signature_length CHECK (octet_length(signature) = 64),
  ADD CONSTRAINT recipient_notice_signer_form CHECK (signer_digest ~ '^[0-9a-f]{64}$');

CREATE INDEX recipient_notice_open ON privacy.recipient_notice (due_at) WHERE state NOT IN ('completed', 'void');

-- completed for good; another attempt has another name
CREATE FUNCTION privacy.guard_recipient_notice() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF OLD.state IN ('completed', 'void') OR (NEW.request_id, NEW.processor, NEW.identities, NEW.due_at, NEW.prepared_at)
     IS DISTINCT FROM (OLD.request_id, OLD.processor, OLD.identities, OLD.due_at, OLD.prepared_at) THEN
    RAISE EXCEPTION 'what % was told about % stays so', OLD.processor, OLD.request_id
      USING ERRCODE = 'check_violation';
  END IF;
  -- an answer to what was not sent is no answer
  IF OLD.state = 'prepared' AND NEW.state IN ('in_progress', 'completed', 'cancelled')
     OR OLD.state = 'cancelled' AND NEW.state NOT IN ('prepared', 'void') THEN
    RAISE EXCEPTION 'nothing is outstanding that % could answer about %', OLD.processor, OLD.request_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.attempt, NEW.reference) IS DISTINCT FROM (OLD.attempt, OLD.reference) AND NOT (
    OLD.state = 'cancelled' AND NEW.state = 'prepared' AND NEW.attempt = OLD.attempt + 1
      AND NEW.reference <> OLD.reference) THEN
    RAISE EXCEPTION 'a notice to % keeps its name', OLD.processor USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_recipient_notice BEFORE UPDATE ON privacy.recipient_notice
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_recipient_notice();
CREATE TRIGGER refuse_removal BEFORE DELETE ON privacy.recipient_notice
  FOR EACH ROW EXECUTE FUNCTION privacy.refuse_change();

ALTER TABLE privacy.request_contact
  ADD CONSTRAINT request_contact_request_form CHECK (request_id ~ '^[a-z]{3}_[a-z]{2}-[0-9]+_[0-9a-z]{26}$');

ALTER TABLE privacy.request_trace
  ADD CONSTRAINT request_trace_request_form CHECK (request_id ~ '^ers_[a-z]{2}-[0-9]+_[0-9a-z]{26}$');

GRANT SELECT, INSERT, UPDATE ON privacy.recipient_notice TO shop_worker;
GRANT SELECT ON privacy.recipient_notice TO shop_audit;
-- how far a processor is, for staff; by what it knows the person is not theirs to see
GRANT SELECT (request_id, processor, attempt, state, identities, prepared_at, due_at, tries, completed_at, answer,
  signer_digest) ON privacy.recipient_notice TO shop_api;
GRANT SELECT, INSERT, DELETE ON privacy.request_contact TO shop_worker;
GRANT SELECT, INSERT, DELETE ON privacy.request_trace TO shop_worker;
