ALTER TABLE messaging.outbox
  ADD CONSTRAINT outbox_scope CHECK (scope IN ('local', 'global')),
  ADD CONSTRAINT outbox_topic CHECK (topic LIKE scope || '.%.v%'),
  ADD CONSTRAINT outbox_key CHECK (record_key <> '' AND length(record_key) <= 256),
  ADD CONSTRAINT outbox_versions CHECK (aggregate_version >= 1 AND version >= 1);
ALTER TABLE messaging.relay
  ADD CONSTRAINT relay_scope CHECK (scope IN ('local', 'global'));
ALTER TABLE messaging.dead_letter
  ADD CONSTRAINT dead_letter_state
    CHECK (state IN ('parked', 'redrive', 'resolved', 'discarded')),
  ADD CONSTRAINT dead_letter_code CHECK (code ~ '^[A-Z][A-Z0-9_]*$'),
  ADD CONSTRAINT dead_letter_attempts CHECK (attempts >= 0);
ALTER TABLE messaging.heartbeat ADD CONSTRAINT heartbeat_is_one_row CHECK (only_row);

INSERT INTO messaging.relay (scope) VALUES ('local'), ('global');
INSERT INTO messaging.heartbeat (only_row) VALUES (true);

-- Decides about one event of one key, and takes it in if it may be. The row of the key is locked before
-- the inbox is read, so two deliveries of a key wait for each other. Versions that were skipped are
-- refused only where the consumer needs every one.
CREATE FUNCTION messaging.accept(
  p_consumer text, p_topic text, p_key text, p_version bigint, p_event_id text, p_contiguous boolean
) RETURNS text LANGUAGE plpgsql SET search_path = messaging, pg_catalog AS $$
DECLARE
  v_last bigint;
BEGIN
  INSERT INTO stream_position (consumer, topic, record_key)
    VALUES (p_consumer, p_topic, p_key) ON CONFLICT DO NOTHING;
  SELECT version INTO v_last FROM stream_position
    WHERE consumer = p_consumer AND topic = p_topic AND record_key = p_key FOR UPDATE;
  IF EXISTS (SELECT FROM inbox WHERE consumer = p_consumer AND event_id = p_event_id) THEN
    RETURN 'DUPLICATE';
  ELSIF p_version <= v_last THEN
    RETURN 'VERSION_INVERTED';
  ELSIF EXISTS (
    SELECT FROM dead_letter
      WHERE consumer = p_consumer AND topic = p_topic AND record_key = p_key
        AND aggregate_version < p_version AND state IN ('parked', 'redrive')
        AND code <> 'VERSION_INVERTED'
  ) THEN
    RETURN 'KEY_BLOCKED';
  ELSIF p_contiguous AND p_version <> v_last + 1 THEN
    RETURN 'VERSION_GAP';
  END IF;
  UPDATE stream_position SET version = p_version
    WHERE consumer = p_consumer AND topic = p_topic AND record_key = p_key;
  INSERT INTO inbox (consumer, event_id) VALUES (p_consumer, p_event_id);
  RETURN 'ACCEPTED';
END $$;
REVOKE EXECUTE ON FUNCTION messaging.accept FROM PUBLIC;

GRANT USAGE ON SCHEMA messaging TO shop_api, shop_worker, shop_border, shop_audit;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA messaging TO shop_api, shop_worker, shop_border;
GRANT INSERT ON messaging.outbox TO shop_api, shop_worker, shop_border;
GRANT SELECT ON messaging.outbox TO shop_worker, shop_border;
-- How long the oldest event waits, and nothing of what it says.
GRANT SELECT (scope, xid, id, created_at) ON messaging.outbox TO shop_api;
GRANT SELECT (scope, cursor_xid, cursor_id) ON messaging.relay TO shop_api;
GRANT DELETE ON messaging.outbox, messaging.inbox TO shop_worker;
GRANT SELECT, UPDATE ON messaging.relay TO shop_worker, shop_border;
GRANT SELECT, INSERT ON messaging.inbox TO shop_worker, shop_border;
GRANT SELECT, INSERT, UPDATE ON messaging.stream_position, messaging.dead_letter
  TO shop_worker, shop_border;
GRANT EXECUTE ON FUNCTION messaging.accept TO shop_worker, shop_border;
GRANT SELECT ON messaging.peer_health TO shop_api, shop_worker;
GRANT SELECT, INSERT, UPDATE ON messaging.peer_health TO shop_border;
GRANT SELECT, UPDATE ON messaging.heartbeat TO shop_border;
GRANT SELECT ON messaging.relay, messaging.inbox, messaging.stream_position TO shop_audit;
GRANT SELECT (id, consumer, topic, partition, record_offset, type, code, attempts, state, parked_at,
  changed_at) ON messaging.dead_letter TO shop_audit;
GRANT SELECT (id, xid, scope, topic, type, version, created_at) ON messaging.outbox TO shop_audit;

-- The border process talks to strangers: of the outbox it sees only what is meant for them.
ALTER TABLE messaging.outbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY outbox_all ON messaging.outbox TO shop_api, shop_worker, shop_audit
  USING (true) WITH CHECK (true);
CREATE POLICY outbox_crossing ON messaging.outbox TO shop_border
  USING (scope = 'global') WITH CHECK (scope = 'global');
