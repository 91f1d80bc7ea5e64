ALTER TABLE privacy.access_log
  ADD CONSTRAINT access_log_staff_form CHECK (staff_id ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT access_log_route_form CHECK (route ~ '^[A-Za-z0-9/_:.{}-]{1,120}$'),
  ADD CONSTRAINT access_log_purpose_known CHECK (purpose IN
    ('support_request', 'rights_request', 'fraud_check', 'legal_claim', 'incident'));

CREATE TRIGGER guard_subject_write BEFORE INSERT ON privacy.access_log
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'route');

-- An entry stays a year, and longer than its person never.
CREATE FUNCTION privacy.guard_access_log() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'DELETE' AND (OLD.at < now() - interval '365 days' OR EXISTS (
    SELECT FROM privacy.subject s WHERE s.subject_id = OLD.subject_id AND s.status IN ('fenced', 'erased')
  )) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'an entry of the access log is neither changed nor removed'
    USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER access_log_stays BEFORE UPDATE OR DELETE ON privacy.access_log
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_access_log();

GRANT INSERT ON privacy.access_log TO shop_api;
GRANT SELECT, INSERT, DELETE ON privacy.access_log TO shop_worker;
GRANT SELECT (entry_id, route, purpose, at) ON privacy.access_log TO shop_audit;
