-- Composed by `npm run entrepot -- migrate compose` from the Prisma schema and the owners' SQL files.
-- Edit those, not this file.

-- Nobody gets a right that no owner's file names.
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TYPES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON SCHEMAS FROM PUBLIC;

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "cell";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "orders";

-- CreateTable
CREATE TABLE "cell"."identity" (
    "only_row" BOOLEAN NOT NULL DEFAULT true,
    "cell" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_pkey" PRIMARY KEY ("only_row")
);

-- CreateTable
CREATE TABLE "orders"."order" (
    "order_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "sales_channel_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "cart_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "on_shortage" TEXT NOT NULL,
    "reserve_round" INTEGER NOT NULL DEFAULT 1,
    "payment_attempt" INTEGER NOT NULL DEFAULT 1,
    "fencing_token" BIGINT NOT NULL DEFAULT 1,
    "lease_until" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "total_minor" BIGINT NOT NULL,
    "tax_minor" BIGINT NOT NULL,
    "address" TEXT NOT NULL,
    "refusal_code" TEXT,
    "placed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "confirmed_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "order_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "orders"."order_line" (
    "order_id" TEXT NOT NULL,
    "line_number" INTEGER NOT NULL,
    "sku" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "unit_price_minor" BIGINT NOT NULL,
    "tax_rate_basis_points" INTEGER NOT NULL,
    "tax_minor" BIGINT NOT NULL,
    "price_version" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'ordered',
    "shortage_reason" TEXT,
    "available_quantity" INTEGER,

    CONSTRAINT "order_line_pkey" PRIMARY KEY ("order_id","line_number")
);

-- CreateIndex
CREATE INDEX "order_subject_id_placed_at_order_id_idx" ON "orders"."order"("subject_id", "placed_at" DESC, "order_id");

-- AddForeignKey
ALTER TABLE "orders"."order_line" ADD CONSTRAINT "order_line_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"."order"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- libs/platform/database/src/adapters/sql/shop/00-cell.sql
-- The marker row is written once, by the owner; everyone may compare it with what they were told.
ALTER TABLE cell.identity ADD CONSTRAINT identity_is_one_row CHECK (only_row);

GRANT USAGE ON SCHEMA cell TO shop_api, shop_worker, shop_border, shop_audit;
GRANT SELECT ON cell.identity TO shop_api, shop_worker, shop_border, shop_audit;

-- libs/orders/src/adapters/sql/shop/10-orders.sql
ALTER TABLE orders."order"
  ADD CONSTRAINT order_status_known CHECK
    (status IN ('placing', 'requires_action', 'pending', 'confirmed', 'declined', 'refused')),
  ADD CONSTRAINT order_on_shortage_known CHECK (on_shortage IN ('refuse', 'partial')),
  ADD CONSTRAINT order_currency_iso CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT order_address_is_ciphertext CHECK (address LIKE 'v1|%'),
  ADD CONSTRAINT order_id_form CHECK (order_id ~ '^ord_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT order_refusal_code_form CHECK (refusal_code ~ '^[A-Z_]{1,64}$'),
  ADD CONSTRAINT order_totals_not_negative CHECK (total_minor >= 0 AND tax_minor BETWEEN 0 AND total_minor),
  ADD CONSTRAINT order_counts_positive CHECK
    (reserve_round > 0 AND payment_attempt > 0 AND fencing_token > 0 AND version > 0),
  ADD CONSTRAINT order_confirmed_has_instant CHECK ((status = 'confirmed') = (confirmed_at IS NOT NULL)),
  ADD CONSTRAINT order_settled_has_instant CHECK
    ((status IN ('confirmed', 'declined', 'refused')) = (settled_at IS NOT NULL));

ALTER TABLE orders.order_line
  ADD CONSTRAINT order_line_quantity_range CHECK (quantity BETWEEN 1 AND 100000),
  ADD CONSTRAINT order_line_number_range CHECK (line_number BETWEEN 1 AND 1000),
  ADD CONSTRAINT order_line_price_not_negative CHECK
    (unit_price_minor >= 0 AND tax_minor BETWEEN 0 AND unit_price_minor * quantity),
  ADD CONSTRAINT order_line_tax_rate_range CHECK (tax_rate_basis_points BETWEEN 0 AND 10000),
  ADD CONSTRAINT order_line_state_known CHECK (state IN ('ordered', 'dropped')),
  ADD CONSTRAINT order_line_dropped_has_reason CHECK ((state = 'dropped') = (shortage_reason IS NOT NULL)),
  ADD CONSTRAINT order_line_reason_known CHECK (shortage_reason IN ('INSUFFICIENT', 'GLOBAL_EMPTY')),
  ADD CONSTRAINT order_line_available_range CHECK (available_quantity >= 0);

-- What the reconciler looks through: orders at work or waiting, oldest lease first.
CREATE INDEX order_unsettled ON orders."order" (lease_until NULLS FIRST)
  WHERE status IN ('placing', 'requires_action', 'pending');

-- A settled order stays settled, its money and identity never change, and its counters only rise.
CREATE FUNCTION orders.guard_order_update() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF OLD.status IN ('confirmed', 'refused') AND NEW.status <> OLD.status THEN
    RAISE EXCEPTION 'order % is % for good', OLD.order_id, OLD.status USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.order_id, NEW.currency, NEW.sales_channel_id, NEW.placed_at)
     IS DISTINCT FROM (OLD.order_id, OLD.currency, OLD.sales_channel_id, OLD.placed_at) THEN
    RAISE EXCEPTION 'the identity of order % may not change', OLD.order_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.reserve_round < OLD.reserve_round OR NEW.payment_attempt < OLD.payment_attempt
     OR NEW.fencing_token < OLD.fencing_token OR NEW.version < OLD.version THEN
    RAISE EXCEPTION 'a counter of order % would go back', OLD.order_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_order_update BEFORE UPDATE ON orders."order"
  FOR EACH ROW EXECUTE FUNCTION orders.guard_order_update();

GRANT USAGE ON SCHEMA orders TO shop_api, shop_worker, shop_audit;
GRANT SELECT, INSERT, UPDATE ON orders."order", orders.order_line TO shop_api, shop_worker;
GRANT SELECT (order_id, sales_channel_id, currency, status, on_shortage, reserve_round, payment_attempt,
              total_minor, tax_minor, refusal_code, placed_at, confirmed_at, settled_at)
  ON orders."order" TO shop_audit;
GRANT SELECT ON orders.order_line TO shop_audit;
