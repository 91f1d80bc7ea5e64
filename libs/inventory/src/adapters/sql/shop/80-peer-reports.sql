-- Other cells also speak of pools that this one has no books for, so a report belongs to none.
ALTER TABLE inventory.peer_report SET (fillfactor = 70);
ALTER TABLE inventory.peer_report
  ADD CONSTRAINT peer_report_pool_is_a_pool
    CHECK (pool_id ~ '^[a-z][a-z0-9-]{1,31}/[0-9A-Za-z][0-9A-Za-z._-]{0,63}$'),
  ADD CONSTRAINT peer_report_peer_is_a_cell CHECK (peer ~ '^[a-z]{2}-[1-9][0-9]{0,2}$'),
  ADD CONSTRAINT peer_report_is_not_negative CHECK (free >= 0 AND granted_total >= 0);

-- What was given and is not acknowledged, so that metrics do not read all channels. Two columns that differ are
-- taken for nearly every row by the planner, whatever the index holds; of a difference it keeps statistics.
CREATE INDEX quota_channel_in_transit ON inventory.quota_channel (changed_at)
  WHERE granted_total - peer_acked_total > 0;
CREATE STATISTICS inventory.quota_channel_difference
  ON (granted_total - peer_acked_total) FROM inventory.quota_channel;

GRANT SELECT ON inventory.peer_report TO shop_api, shop_worker, shop_border, shop_audit;
GRANT INSERT, UPDATE ON inventory.peer_report TO shop_border;
