ALTER TABLE carts.cart
  ADD CONSTRAINT cart_id_form CHECK (cart_id ~ '^crt_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT cart_owner_kind_known CHECK (owner_kind IN ('shopper', 'guest')),
  ADD CONSTRAINT cart_sales_channel_form CHECK (sales_channel_id ~ '^[a-z][a-z0-9-]{0,31}$'),
  ADD CONSTRAINT cart_status_known CHECK (status IN ('open', 'merged', 'ordering', 'ordered')),
  ADD CONSTRAINT cart_version_positive CHECK (version > 0),
  ADD CONSTRAINT cart_merged_names_target CHECK ((status = 'merged') = (merged_into IS NOT NULL)),
  ADD CONSTRAINT cart_ordered_names_order CHECK
    (status NOT IN ('ordering', 'ordered') OR order_id IS NOT NULL),
  ADD CONSTRAINT cart_only_guests_merge CHECK (status <> 'merged' OR owner_kind = 'guest'),
  ADD CONSTRAINT cart_not_into_itself CHECK (merged_into <> cart_id);

ALTER TABLE carts.cart_line_slot
  ADD CONSTRAINT cart_line_slot_sku_form CHECK (sku ~ '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$'),
  ADD CONSTRAINT cart_line_slot_replica_form CHECK (replica ~ '^[0-9a-z]{16,32}$'),
  ADD CONSTRAINT cart_line_slot_not_negative CHECK
    (least(added_seq, up, down, removed_seq, removed_up, removed_down) >= 0),
  -- sums of the slots of one line stay within what JSON carries exactly
  ADD CONSTRAINT cart_line_slot_bounded CHECK
    (greatest(added_seq, up, down, removed_seq, removed_up, removed_down) <= 250000000000000);

ALTER TABLE carts.cart_replica
  ADD CONSTRAINT cart_replica_form CHECK (replica ~ '^[0-9a-z]{16,32}$'),
  ADD CONSTRAINT cart_replica_seq_range CHECK (through_seq BETWEEN 0 AND 2147483647);

ALTER TABLE carts.cart_waiting_edit
  ADD CONSTRAINT cart_waiting_edit_replica_form CHECK (replica ~ '^[0-9a-z]{16,32}$'),
  ADD CONSTRAINT cart_waiting_edit_seq_range CHECK (seq BETWEEN 2 AND 2147483647),
  ADD CONSTRAINT cart_waiting_edit_op_known CHECK (op ->> 'type' IN ('add', 'take', 'remove')),
  ADD CONSTRAINT cart_waiting_edit_op_short CHECK (length(op::text) <= 8192);

-- A version rises with what is in a cart and never falls, a closed cart stays closed, a cart under order waits for that order, and nobody takes
-- a cart over.
CREATE FUNCTION carts.guard_cart_update() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF NEW.version < OLD.version OR (NEW.version = OLD.version AND NEW.status = OLD.status) THEN
    RAISE EXCEPTION 'the version of cart % would not rise', OLD.cart_id USING ERRCODE = 'check_violation';
  END IF;
  IF NOT (OLD.status = 'open' AND NEW.status IN ('open', 'merged', 'ordering')
      OR OLD.status = 'ordering' AND NEW.status IN ('open', 'ordered') AND NEW.order_id = OLD.order_id) THEN
    RAISE EXCEPTION 'cart % is % and cannot become %', OLD.cart_id, OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.cart_id, NEW.subject_id, NEW.owner_kind, NEW.sales_channel_id, NEW.created_at)
     IS DISTINCT FROM
     (OLD.cart_id, OLD.subject_id, OLD.owner_kind, OLD.sales_channel_id, OLD.created_at) THEN
    RAISE EXCEPTION 'the identity of cart % may not change', OLD.cart_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_cart_update BEFORE UPDATE ON carts.cart
  FOR EACH ROW EXECUTE FUNCTION carts.guard_cart_update();

-- An edit is a personal write, told by its instant; a guest is nobody we know, so nothing guards a guest.
CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON carts.cart
  FOR EACH ROW WHEN (NEW.owner_kind = 'shopper')
  EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'changed_at');

GRANT USAGE ON SCHEMA carts TO shop_api, shop_worker, shop_audit;
GRANT SELECT, INSERT, UPDATE ON carts.cart TO shop_api, shop_worker;
GRANT SELECT, INSERT, UPDATE, DELETE
  ON carts.cart_line_slot, carts.cart_replica, carts.cart_waiting_edit TO shop_api, shop_worker;
-- the worker erases people
GRANT DELETE ON carts.cart TO shop_worker;
GRANT SELECT (cart_id, owner_kind, sales_channel_id, status, version, order_id, created_at, changed_at)
  ON carts.cart TO shop_audit;
