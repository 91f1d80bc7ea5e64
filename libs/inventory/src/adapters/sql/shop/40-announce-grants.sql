-- Tells the receivers what was given, in the statement that gave it. The bodies are those of
-- QuotaGranted in contracts/events/inventory.ts; the border's relay parses each again before it signs.
-- Whoever hears them orders the grants of a channel by epoch and then by number, as numbers begin again from
-- what was restored: the version is both, the number in its lower 32 bits. It stays exact in a double for two
-- million epochs.
CREATE FUNCTION inventory.announce_grants(bodies jsonb) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO messaging.outbox
    (scope, event_id, topic, record_key, aggregate_version, type, version, payload)
  SELECT 'global',
    'evt_' || (b.body ->> 'donor') || '_' || left(replace(gen_random_uuid()::text, '-', ''), 26),
    'global.inventory.v1',
    concat_ws('/', b.body ->> 'donor', b.body ->> 'receiver', b.body ->> 'warehouse',
      b.body ->> 'sku'),
    ((b.body ->> 'epoch')::bigint << 32) + (b.body ->> 'grantNumber')::bigint, 'QuotaGranted', 1,
    b.body
  FROM jsonb_array_elements(bodies) WITH ORDINALITY AS b(body, i)
  ORDER BY b.i
$$;
