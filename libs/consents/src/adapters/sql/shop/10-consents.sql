ALTER TABLE consents.entry
  ADD CONSTRAINT entry_purpose_form CHECK (purpose ~ '^[a-z][a-z_]{0,40}$'),
  ADD CONSTRAINT entry_seq_positive CHECK (seq > 0),
  ADD CONSTRAINT entry_text_version_positive CHECK (text_version > 0),
  ADD CONSTRAINT entry_text_hash_length CHECK (octet_length(text_hash) = 32),
  ADD CONSTRAINT entry_locale_form CHECK (locale ~ '^[a-z]{2}$'),
  ADD CONSTRAINT entry_surface_known CHECK (surface IN ('web', 'app', 'support')),
  ADD CONSTRAINT entry_actor_known CHECK
    (actor = 'subject' OR actor ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$');

CREATE TRIGGER guard_subject_write BEFORE INSERT ON consents.entry
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'purpose');

-- A proof that can be rewritten proves nothing. What is deleted is the erasure's and the retention's business.
CREATE FUNCTION consents.refuse_rewrite() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  RAISE EXCEPTION 'an entry of the consent ledger is not changed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER entry_stays BEFORE UPDATE ON consents.entry
  FOR EACH ROW EXECUTE FUNCTION consents.refuse_rewrite();

-- Decisions follow each other without a gap, so that none is missing from the proof unnoticed.
CREATE FUNCTION consents.follow_on() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF NEW.seq <> 1 + coalesce((SELECT max(e.seq) FROM consents.entry e
      WHERE e.subject_id = NEW.subject_id AND e.purpose = NEW.purpose), 0) THEN
    RAISE EXCEPTION 'the decisions about % leave a gap', NEW.purpose USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entry_follows BEFORE INSERT ON consents.entry
  FOR EACH ROW EXECUTE FUNCTION consents.follow_on();

ALTER TABLE consents.suppression
  ADD CONSTRAINT suppression_digest_length CHECK (octet_length(digest) = 32);

GRANT USAGE ON SCHEMA consents TO shop_api, shop_worker, shop_audit;
GRANT SELECT, INSERT ON consents.entry TO shop_api, shop_worker;
GRANT DELETE ON consents.entry TO shop_worker;
GRANT SELECT, INSERT ON consents.suppression TO shop_api, shop_worker;
GRANT DELETE ON consents.suppression TO shop_api;
GRANT SELECT (purpose, seq, is_granted, text_version, text_hash, locale, surface, decided_at)
  ON consents.entry TO shop_audit;
GRANT SELECT ON consents.suppression TO shop_audit;
