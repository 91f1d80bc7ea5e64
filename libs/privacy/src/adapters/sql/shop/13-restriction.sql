/* Stores somebody's data and no longer uses them (GDPR Article 18), for one of two reasons. Waits for personal
   writes that are under way. Answers false for somebody who is unknown, fenced or erased. */
CREATE FUNCTION privacy.restrict_subject(restricted_subject text, reason text) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  WITH restricted AS (
    UPDATE privacy.subject SET status = 'restricted',
      restricted_for_erasure_at = CASE reason WHEN 'erasure'
        THEN coalesce(restricted_for_erasure_at, now()) ELSE restricted_for_erasure_at END,
      restricted_by_staff_at = CASE reason WHEN 'staff'
        THEN coalesce(restricted_by_staff_at, now()) ELSE restricted_by_staff_at END
    WHERE subject_id = restricted_subject AND status IN ('active', 'restricted')
      AND reason IN ('erasure', 'staff')
    RETURNING 1
  )
  SELECT EXISTS (SELECT FROM restricted);
$$;

/* Lifts one of the reasons; the other one holds on. */
CREATE FUNCTION privacy.lift_restriction(restricted_subject text, reason text) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  WITH left_over AS (
    SELECT subject_id, CASE reason WHEN 'erasure' THEN NULL ELSE restricted_for_erasure_at END AS for_erasure,
      CASE reason WHEN 'staff' THEN NULL ELSE restricted_by_staff_at END AS by_staff
    FROM privacy.subject WHERE subject_id = restricted_subject AND status = 'restricted' FOR UPDATE
  ), lifted AS (
    UPDATE privacy.subject s SET restricted_for_erasure_at = l.for_erasure, restricted_by_staff_at = l.by_staff,
      status = CASE WHEN num_nonnulls(l.for_erasure, l.by_staff) = 0 THEN 'active' ELSE 'restricted' END
    FROM left_over l WHERE s.subject_id = l.subject_id RETURNING 1
  )
  SELECT EXISTS (SELECT FROM lifted);
$$;

/* An erasure restricts from its cooling-off on, until it is withdrawn or goes back to the officers. The fence
   takes it from there. */
CREATE FUNCTION privacy.restrict_by_request() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF NEW.status = 'cooling_off' AND OLD.status <> 'cooling_off' THEN
    PERFORM privacy.restrict_subject(NEW.subject_id, 'erasure');
  ELSIF NEW.status IN ('assessed', 'withdrawn', 'rejected') THEN
    PERFORM privacy.lift_restriction(NEW.subject_id, 'erasure');
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER restrict_by_request AFTER UPDATE OF status ON privacy.erasure_request
  FOR EACH ROW EXECUTE FUNCTION privacy.restrict_by_request();

REVOKE EXECUTE ON FUNCTION privacy.restrict_subject, privacy.lift_restriction FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.restrict_subject, privacy.lift_restriction TO shop_api;
