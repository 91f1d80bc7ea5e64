ALTER TABLE inventory.audit_scan SET (fillfactor = 50);
ALTER TABLE inventory.audit_scan
  ADD CONSTRAINT audit_scan_is_known CHECK (scan IN ('tip', 'whole')),
  ADD CONSTRAINT audit_scan_marks_are_in_order CHECK (
    0 <= low AND low <= candidate AND candidate <= reached AND round >= 1);

ALTER TABLE inventory.audited_pool SET (fillfactor = 70);
ALTER TABLE inventory.audited_pool
  ADD CONSTRAINT audited_pool_belongs_to_a_scan
    FOREIGN KEY (scan) REFERENCES inventory.audit_scan (scan);
CREATE INDEX audited_pool_due ON inventory.audited_pool (scan, round, pool_id) WHERE is_due;

ALTER TABLE inventory.audit_finding
  ADD CONSTRAINT audit_finding_belongs_to_a_scan
    FOREIGN KEY (scan) REFERENCES inventory.audit_scan (scan),
  ADD CONSTRAINT audit_finding_fault_is_known CHECK (fault IN (
    'JOURNAL_DIFFERS', 'POOL_NOT_CONSERVED', 'SELLS_WHILE_IT_OWES', 'CHANNEL_DIFFERS',
    'CHANNEL_REGRESSED', 'ACKED_MORE_THAN_GRANTED', 'FOREIGN_SHELF', 'RESERVATION_DIFFERS'));
CREATE INDEX audit_finding_open ON inventory.audit_finding (fault) WHERE cleared_at IS NULL;

GRANT SELECT ON inventory.escrow_journal TO shop_worker;
GRANT SELECT, INSERT, UPDATE ON inventory.audit_scan, inventory.audited_pool,
  inventory.audit_finding TO shop_worker;
GRANT SELECT ON inventory.audit_scan, inventory.audited_pool, inventory.audit_finding TO shop_audit;
