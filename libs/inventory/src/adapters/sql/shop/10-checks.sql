-- What every row must satisfy, whoever writes it.

ALTER TABLE inventory.stock_pool
  ADD CONSTRAINT stock_pool_is_named_by_its_parts
    CHECK (pool_id = warehouse || '/' || sku),
  ADD CONSTRAINT stock_pool_warehouse_is_plain
    CHECK (warehouse ~ '^[a-z][a-z0-9-]{1,31}$'),
  ADD CONSTRAINT stock_pool_sku_is_plain
    CHECK (sku ~ '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$'),
  ADD CONSTRAINT stock_pool_home_is_a_cell
    CHECK (home_cell ~ '^[a-z]{2}-[1-9][0-9]{0,2}$');

-- Half of each page stays free, so that an update of a hot row finds room beside its old version.
ALTER TABLE inventory.escrow SET (fillfactor = 50);
ALTER TABLE inventory.escrow
  ADD CONSTRAINT escrow_is_not_negative CHECK (
    minted >= 0 AND applied >= 0 AND free >= 0 AND held >= 0 AND sold >= 0
    AND shipped >= 0 AND granted >= 0 AND written_off >= 0 AND credits >= 0
    AND deficit >= 0 AND safety >= 0 AND quarantine >= 0 AND suspense >= 0
    AND transferred >= 0 AND dispatched >= 0 AND documents >= 0),
  ADD CONSTRAINT escrow_balances CHECK (
    minted + applied + deficit - granted - written_off - transferred
    = free + held + sold + shipped + safety + quarantine + suspense),
  ADD CONSTRAINT escrow_sells_nothing_while_it_owes CHECK (deficit = 0 OR free = 0),
  ADD CONSTRAINT escrow_stripe_is_not_negative CHECK (stripe >= 0),
  ADD CONSTRAINT escrow_belongs_to_a_pool
    FOREIGN KEY (pool_id) REFERENCES inventory.stock_pool (pool_id);

ALTER TABLE inventory.quota_channel SET (fillfactor = 70);
ALTER TABLE inventory.quota_channel
  ADD CONSTRAINT quota_channel_totals_are_in_order CHECK (
    peer_acked_total >= 0 AND peer_acked_total <= granted_total AND applied_total >= 0
    AND grants >= 0),
  ADD CONSTRAINT quota_channel_peer_is_a_cell CHECK (peer ~ '^[a-z]{2}-[1-9][0-9]{0,2}$'),
  ADD CONSTRAINT quota_channel_belongs_to_a_pool
    FOREIGN KEY (pool_id) REFERENCES inventory.stock_pool (pool_id);

-- Each sale leaves a row that nobody sees any more: vacuumed by their number, not once a fifth of a growing history is such.
ALTER TABLE inventory.reservation SET (fillfactor = 80, autovacuum_vacuum_threshold = 20000,
  autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE inventory.reservation
  ADD CONSTRAINT reservation_holds_something CHECK (quantity > 0),
  ADD CONSTRAINT reservation_state_is_known CHECK (
    state IN ('HELD', 'CONFIRMED', 'RELEASED', 'EXPIRED', 'CANCELLED', 'SHIPPED')),
  ADD CONSTRAINT reservation_order_is_an_id CHECK (
    order_id ~ '^ord_[a-z]{2}-[1-9][0-9]{0,2}_[0-9a-z]{26}$');
CREATE INDEX reservation_due ON inventory.reservation (expires_at) WHERE state = 'HELD';

ALTER TABLE inventory.stock_document
  ADD CONSTRAINT stock_document_kind_is_known CHECK (kind IN (
    'mint', 'writeOff', 'setAside', 'clear', 'keepSafe', 'transfer', 'count', 'dispatch', 'resolve')),
  ADD CONSTRAINT stock_document_says_how_many CHECK (
    quantity > 0 OR quantity = 0 AND kind IN ('keepSafe', 'count')),
  ADD CONSTRAINT stock_document_says_where CHECK (
    CASE WHEN kind IN ('mint', 'writeOff') THEN place IN ('FREE', 'QUARANTINE') AND place IS NOT NULL
      ELSE place IS NULL END),
  ADD CONSTRAINT stock_document_says_when CHECK (
    CASE kind WHEN 'count' THEN position >= 0 AND position IS NOT NULL ELSE position IS NULL END),
  ADD CONSTRAINT stock_document_belongs_to_a_pool
    FOREIGN KEY (pool_id) REFERENCES inventory.stock_pool (pool_id);

ALTER TABLE inventory.escrow_journal
  ADD CONSTRAINT escrow_journal_moves_something CHECK (quantity > 0),
  ADD CONSTRAINT escrow_journal_movement_is_known CHECK (movement IN (
    'MINT', 'MINT_TO_QUARANTINE', 'APPLY', 'APPLY_TO_SUSPENSE', 'RESERVE', 'CONFIRM', 'RELEASE',
    'EXPIRE', 'CANCEL', 'SHIP', 'GRANT', 'GRANT_FROM_SUSPENSE', 'GRANT_FROM_DEFICIT', 'READOPT',
    'READOPT_FROM_SUSPENSE', 'READOPT_FROM_DEFICIT', 'WRITE_OFF', 'WRITE_OFF_FROM_SAFETY',
    'WRITE_OFF_FROM_QUARANTINE', 'WRITE_OFF_FROM_DEFICIT', 'SET_ASIDE', 'SET_ASIDE_FROM_DEFICIT',
    'CLEAR', 'KEEP_SAFE', 'FREE_SAFETY', 'TRANSFER', 'RESOLVE', 'SETTLE'));

ALTER TABLE inventory.stock_refusal
  ADD CONSTRAINT stock_refusal_is_a_shortage CHECK (available >= 0 AND available < quantity),
  ADD CONSTRAINT stock_refusal_took_time CHECK (started_at <= ended_at);

ALTER TABLE inventory.cell_epoch
  ADD CONSTRAINT cell_epoch_state_is_known
    CHECK (state IN ('ACTIVE', 'DRAINING', 'FENCED', 'RECOVERING')),
  ADD CONSTRAINT cell_epoch_is_positive CHECK (epoch >= 1);

ALTER TABLE inventory.peer_epoch
  ADD CONSTRAINT peer_epoch_is_positive CHECK (epoch >= 1),
  ADD CONSTRAINT peer_epoch_peer_is_a_cell CHECK (peer ~ '^[a-z]{2}-[1-9][0-9]{0,2}$');

ALTER TABLE inventory.recovery
  ADD CONSTRAINT recovery_raises_the_epoch CHECK (mends_epoch >= 1 AND epoch > mends_epoch),
  ADD CONSTRAINT recovery_places_are_in_order CHECK (mends_after >= 0 AND starts_after >= mends_after);
