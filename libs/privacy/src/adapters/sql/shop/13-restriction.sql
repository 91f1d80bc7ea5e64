/* Stores somebody's data and no longer uses them (GDPR Article 18): while an erasure cools off, or because a member
   of staff says so, who is named. Waits for personal writes that are under way. Answers false for somebody who is
   unknown, fenced or erased. */
CREATE FUNCTION privacy.restrict_subject(restricted_subject text, staff text) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  WITH restricted AS (
    UPDATE privacy.subject SET status = 'restricted',
      restricted_for_erasure_at = CASE WHEN staff IS NULL
        THEN coalesce(restricted_for_erasure_at, now()) ELSE restricted_for_erasure_at END,
      restricted_by_staff_at = CASE WHEN staff IS NOT NULL
        THEN coalesce(restricted_by_staff_at, now()) ELSE restricted_by_staff_at END,
      restricted_by = coalesce(restricted_by, staff)
    WHERE subject_id = restricted_subject AND status IN ('active', 'restricted')
    RETURNING 1
  )
  SELECT EXISTS (SELECT FROM restricted);
$$;

/* Lifts one of the two reasons; the other one holds on. */
CREATE FUNCTION privacy.lift_restriction(restricted_subject text, of_staff boolean) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  WITH lifted AS (
    UPDATE privacy.subject SET
      restricted_for_erasure_at = CASE WHEN of_staff THEN restricted_for_erasure_at END,
      restricted_by_staff_at = CASE WHEN NOT of_staff THEN restricted_by_staff_at END,
      restricted_by = CASE WHEN NOT of_staff THEN restricted_by END,
      status = CASE WHEN (CASE WHEN of_staff THEN restricted_for_erasure_at ELSE restricted_by_staff_at END)
        IS NULL THEN 'active' ELSE 'restricted' END
    WHERE subject_id = restricted_subject AND status = 'restricted'
    RETURNING 1
  )
  SELECT EXISTS (SELECT FROM lifted);
$$;

/* An erasure restricts from its cooling-off on, until it is withdrawn or goes back to the officers. The fence
   takes it from there. */
CREATE FUNCTION privacy.restrict_by_request() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF NEW.status = 'cooling_off' AND OLD.status <> 'cooling_off' THEN
    PERFORM privacy.restrict_subject(NEW.subject_id, NULL);
  ELSIF NEW.status IN ('assessed', 'withdrawn', 'rejected') THEN
    PERFORM privacy.lift_restriction(NEW.subject_id, false);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER restrict_by_request AFTER UPDATE OF status ON privacy.erasure_request
  FOR EACH ROW EXECUTE FUNCTION privacy.restrict_by_request();

REVOKE EXECUTE ON FUNCTION privacy.restrict_subject, privacy.lift_restriction FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.restrict_subject, privacy.lift_restriction TO shop_api;
