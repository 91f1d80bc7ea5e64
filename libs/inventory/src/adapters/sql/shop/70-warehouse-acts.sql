ALTER TABLE inventory.warehouse_act
  ADD CONSTRAINT warehouse_act_warehouse_is_plain CHECK (warehouse ~ '^[a-z][a-z0-9-]{1,31}$'),
  ADD CONSTRAINT warehouse_act_kind_is_known CHECK (kind IN (
    'receipt', 'return', 'write-off', 'quarantine', 'clearing', 'safety-level', 'transfer', 'count',
    'dispatch', 'suspense-resolution')),
  ADD CONSTRAINT warehouse_act_staff_form CHECK (staff_id ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT warehouse_act_has_lines CHECK (
    jsonb_typeof(lines) = 'array' AND jsonb_array_length(lines) BETWEEN 1 AND 1000);

CREATE TRIGGER act_stays BEFORE UPDATE OR DELETE ON inventory.warehouse_act FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER acts_are_not_emptied BEFORE TRUNCATE ON inventory.warehouse_act
  FOR EACH STATEMENT EXECUTE FUNCTION inventory.refuse_change();

-- Changes only as a debt is made or paid, and so keeps the updates of sales on their page.
CREATE INDEX escrow_owing ON inventory.escrow (pool_id) WHERE deficit > 0;

GRANT SELECT, INSERT ON inventory.warehouse_act TO shop_api;
GRANT USAGE ON SEQUENCE inventory.warehouse_act_seq_seq TO shop_api;
GRANT SELECT ON inventory.warehouse_act TO shop_audit;
