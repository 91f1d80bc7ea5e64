ALTER TABLE relocation.departure
  ADD CONSTRAINT departure_id_form CHECK (relocation_id ~ '^rel_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT departure_to_form CHECK (to_cell ~ '^[a-z]{2}-[1-9][0-9]{0,2}$'),
  ADD CONSTRAINT departure_status_known CHECK (status IN ('issued', 'completed', 'voided', 'withdrawn')),
  ADD CONSTRAINT departure_erasure_form CHECK (erasure_request_id ~ '^ers_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT departure_packet_is_short_lived CHECK
    (expires_at > issued_at AND expires_at <= issued_at + interval '30 minutes'),
  -- whoever has moved is being forgotten here
  ADD CONSTRAINT departure_completed_is_erased CHECK
    ((status = 'completed') = (completed_at IS NOT NULL) AND (status = 'completed') = (erasure_request_id IS NOT NULL)),
  ADD CONSTRAINT departure_completed_later CHECK (completed_at >= issued_at),
  ADD CONSTRAINT departure_receipt_in_time CHECK (completed_at <= expires_at + interval '170 hours');

-- one packet of a person is good, the newest
CREATE UNIQUE INDEX departure_one_open ON relocation.departure (subject_id) WHERE status = 'issued';

CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON relocation.departure
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'to_cell');

-- What a packet was bound to stays, and an end is an end.
CREATE FUNCTION relocation.guard_departure() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF NEW.status <> OLD.status AND OLD.status <> 'issued' THEN
    RAISE EXCEPTION 'relocation % does not go from % to %', OLD.relocation_id, OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.relocation_id, NEW.to_cell, NEW.issued_at, NEW.expires_at)
     IS DISTINCT FROM (OLD.relocation_id, OLD.to_cell, OLD.issued_at, OLD.expires_at) THEN
    RAISE EXCEPTION 'the packet of relocation % is the one that was handed out', OLD.relocation_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER departure_goes_forward BEFORE UPDATE ON relocation.departure
  FOR EACH ROW EXECUTE FUNCTION relocation.guard_departure();

ALTER TABLE relocation.arrival
  ADD CONSTRAINT arrival_packet_form CHECK (packet_id ~ '^rel_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT arrival_from_form CHECK (from_cell ~ '^[a-z]{2}-[1-9][0-9]{0,2}$');

-- A mark is never moved to another packet; it may go where the packet was refused, or is over.
CREATE FUNCTION relocation.refuse_arrival_change() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  RAISE EXCEPTION 'the mark of packet % stays as it is', OLD.packet_id USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER arrival_stays BEFORE UPDATE ON relocation.arrival
  FOR EACH ROW EXECUTE FUNCTION relocation.refuse_arrival_change();

GRANT USAGE ON SCHEMA relocation TO shop_api, shop_worker, shop_audit;
GRANT SELECT, INSERT, UPDATE ON relocation.departure TO shop_api;
GRANT SELECT, INSERT, DELETE ON relocation.arrival TO shop_api;
-- the worker exports, erases, and sweeps what is over
GRANT SELECT, DELETE ON relocation.departure, relocation.arrival TO shop_worker;
GRANT SELECT (relocation_id, to_cell, status, issued_at, expires_at, completed_at) ON relocation.departure TO shop_audit;
GRANT SELECT ON relocation.arrival TO shop_audit;
