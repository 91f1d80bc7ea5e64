ALTER TABLE orders."order"
  ADD CONSTRAINT order_status_known CHECK
    (status IN ('placing', 'requires_action', 'pending', 'confirmed', 'declined', 'refused')),
  ADD CONSTRAINT order_on_shortage_known CHECK (on_shortage IN ('refuse', 'partial')),
  ADD CONSTRAINT order_currency_iso CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT order_address_is_ciphertext CHECK (address LIKE 'v1|%'),
  -- a row is somebody's with everything that says so, or nobody's
  ADD CONSTRAINT order_person_whole CHECK (num_nulls(subject_id, cart_id, address) IN (0, 3)),
  ADD CONSTRAINT order_payment_token_of_person CHECK (payment_token IS NULL OR subject_id IS NOT NULL),
  ADD CONSTRAINT order_id_form CHECK (order_id ~ '^ord_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT order_payment_method_known CHECK (payment_method IN ('card', 'upi', 'sepa_debit')),
  ADD CONSTRAINT order_payment_token_form CHECK (payment_token ~ '^[A-Za-z0-9_-]{1,128}$'),
  ADD CONSTRAINT order_refusal_code_form CHECK (refusal_code ~ '^[A-Z_]{1,64}$'),
  ADD CONSTRAINT order_totals_not_negative CHECK (total_minor >= 0 AND tax_minor BETWEEN 0 AND total_minor),
  ADD CONSTRAINT order_counts_positive CHECK
    (reserve_round > 0 AND payment_attempt > 0 AND fencing_token > 0 AND version > 0),
  ADD CONSTRAINT order_confirmed_has_instant CHECK ((status = 'confirmed') = (confirmed_at IS NOT NULL)),
  ADD CONSTRAINT order_settled_has_instant CHECK
    ((status IN ('confirmed', 'declined', 'refused')) = (settled_at IS NOT NULL));

ALTER TABLE orders.order_line
  ADD CONSTRAINT order_line_sku_form CHECK (sku ~ '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$'),
  ADD CONSTRAINT order_line_quantity_range CHECK (quantity BETWEEN 1 AND 100000),
  ADD CONSTRAINT order_line_number_range CHECK (line_number BETWEEN 1 AND 1000),
  ADD CONSTRAINT order_line_price_not_negative CHECK
    (unit_price_minor >= 0 AND tax_minor BETWEEN 0 AND unit_price_minor * quantity),
  ADD CONSTRAINT order_line_tax_rate_range CHECK (tax_rate_basis_points BETWEEN 0 AND 10000),
  ADD CONSTRAINT order_line_state_known CHECK (state IN ('ordered', 'dropped')),
  ADD CONSTRAINT order_line_dropped_has_reason CHECK ((state = 'dropped') = (shortage_reason IS NOT NULL)),
  ADD CONSTRAINT order_line_reason_known CHECK (shortage_reason IN ('INSUFFICIENT', 'GLOBAL_EMPTY')),
  ADD CONSTRAINT order_line_available_range CHECK (available_quantity >= 0);

ALTER TABLE orders.order_recipient
  ADD CONSTRAINT order_recipient_address_is_ciphertext CHECK (address LIKE 'v1|%'),
  ADD CONSTRAINT order_recipient_message_is_ciphertext CHECK (message LIKE 'v1|%'),
  ADD CONSTRAINT order_recipient_subject_form CHECK (subject_id ~ '^sub_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT order_recipient_whole CHECK
    (num_nulls(subject_id, address) IN (0, 2) AND (message IS NULL OR subject_id IS NOT NULL)),
  -- what is about the recipient lies under the recipient's key and no other
  ADD CONSTRAINT order_recipient_own_key CHECK
    (starts_with(address, 'v1|A256GCM|' || subject_id || '|') AND
     starts_with(message, 'v1|A256GCM|' || subject_id || '|'));

-- A cart is sold once: a second order of it waits for the first, and may come only where that ended without
-- a sale.
CREATE UNIQUE INDEX order_one_per_cart ON orders."order" (cart_id)
  WHERE status IN ('placing', 'requires_action', 'pending', 'confirmed');

-- What the reconciler looks through, orders at work or waiting; and which of them has waited longest.
CREATE INDEX order_unsettled ON orders."order" (attempted_at)
  WHERE status IN ('placing', 'requires_action', 'pending');

-- A settled order stays settled, its money and identity never change, and its counters only rise. Whose it
-- is can be forgotten, and never changed.
CREATE FUNCTION orders.guard_order_update() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF OLD.status IN ('confirmed', 'refused') AND NEW.status <> OLD.status THEN
    RAISE EXCEPTION 'order % is % for good', OLD.order_id, OLD.status USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.order_id, NEW.currency, NEW.sales_channel_id, NEW.placed_at)
     IS DISTINCT FROM (OLD.order_id, OLD.currency, OLD.sales_channel_id, OLD.placed_at) THEN
    RAISE EXCEPTION 'the identity of order % may not change', OLD.order_id USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.subject_id, NEW.cart_id) IS DISTINCT FROM (OLD.subject_id, OLD.cart_id)
     AND num_nonnulls(NEW.subject_id, NEW.cart_id) > 0 THEN
    RAISE EXCEPTION 'order % may not go to somebody else', OLD.order_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.reserve_round < OLD.reserve_round OR NEW.payment_attempt < OLD.payment_attempt
     OR NEW.fencing_token < OLD.fencing_token OR NEW.version < OLD.version THEN
    RAISE EXCEPTION 'a counter of order % would go back', OLD.order_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_order_update BEFORE UPDATE ON orders."order"
  FOR EACH ROW EXECUTE FUNCTION orders.guard_order_update();

CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON orders."order"
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'address');

-- Buyer and recipient are two subjects. Who the recipient is can be forgotten, and never changed.
CREATE FUNCTION orders.guard_order_recipient() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.order_id <> OLD.order_id OR
     (NEW.subject_id IS DISTINCT FROM OLD.subject_id AND NEW.subject_id IS NOT NULL)) THEN
    RAISE EXCEPTION 'the gift of order % may not go to somebody else', OLD.order_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' AND EXISTS (
    SELECT FROM orders."order" o WHERE o.order_id = NEW.order_id AND o.subject_id = NEW.subject_id
  ) THEN
    RAISE EXCEPTION 'buyer and recipient of order % are one subject', NEW.order_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_order_recipient BEFORE INSERT OR UPDATE ON orders.order_recipient
  FOR EACH ROW EXECUTE FUNCTION orders.guard_order_recipient();

CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON orders.order_recipient
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'address', 'message');

GRANT USAGE ON SCHEMA orders TO shop_api, shop_worker, shop_audit;
GRANT SELECT, INSERT, UPDATE ON orders."order", orders.order_line TO shop_api, shop_worker;
GRANT SELECT, INSERT ON orders.order_recipient TO shop_api;
GRANT SELECT, UPDATE (subject_id, address, message) ON orders.order_recipient TO shop_worker;
GRANT SELECT (order_id, sales_channel_id, currency, status, on_shortage, reserve_round, payment_attempt,
              total_minor, tax_minor, refusal_code, placed_at, confirmed_at, settled_at)
  ON orders."order" TO shop_audit;
GRANT SELECT ON orders.order_line TO shop_audit;
