ALTER TABLE invoices.invoice
  ADD CONSTRAINT invoice_id_form CHECK (invoice_id ~ '^inv_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT invoice_order_form CHECK (order_id ~ '^ord_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT invoice_legal_entity_form CHECK (legal_entity ~ '^[a-z][a-z0-9-]{0,39}$'),
  ADD CONSTRAINT invoice_country_form CHECK (country ~ '^[A-Z]{2}$'),
  ADD CONSTRAINT invoice_kind_known CHECK (kind IN ('full', 'simplified', 'record')),
  ADD CONSTRAINT invoice_cohort_form CHECK (cohort ~ '^FISCAL_[a-z][a-z0-9-]{0,39}_[0-9]{4}$'),
  ADD CONSTRAINT invoice_kept_a_while CHECK (keep_until > issued_on),
  ADD CONSTRAINT invoice_under_its_cohort CHECK (content LIKE 'c1|A256GCM|' || cohort || '|%');

-- What a law has named is not edited: it is corrected by another document. It goes after its last day.
CREATE FUNCTION invoices.guard_invoice() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.keep_until < current_date THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'invoice % is kept until %', OLD.invoice_id, OLD.keep_until USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER guard_invoice BEFORE UPDATE OR DELETE ON invoices.invoice
  FOR EACH ROW EXECUTE FUNCTION invoices.guard_invoice();

/* The invoice of an order, for a tax officer; that it was read is noted in the same statement. */
CREATE FUNCTION invoices.read_invoice(of_order text, reading_staff text, reading_purpose text)
  RETURNS SETOF invoices.invoice
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  found_invoice invoices.invoice;
BEGIN
  SELECT * INTO found_invoice FROM invoices.invoice WHERE order_id = of_order;
  IF FOUND THEN
    PERFORM privacy.note_reading(reading_staff, 'tax-officer', 'invoices.invoice', found_invoice.invoice_id,
      reading_purpose);
    RETURN NEXT found_invoice;
  END IF;
END $$;

REVOKE EXECUTE ON FUNCTION invoices.read_invoice FROM PUBLIC;
GRANT USAGE ON SCHEMA invoices TO shop_api, shop_worker, shop_audit;
GRANT EXECUTE ON FUNCTION invoices.read_invoice TO shop_api;
GRANT INSERT ON invoices.invoice TO shop_api, shop_worker;
-- everything but the content: nobody reads that without a note
GRANT SELECT (invoice_id, order_id, legal_entity, country, kind, issued_on, cohort, keep_until, names_buyer)
  ON invoices.invoice TO shop_api, shop_worker, shop_audit;
GRANT DELETE ON invoices.invoice TO shop_worker;
