ALTER TABLE payments.payment
  ADD CONSTRAINT payment_id_form CHECK (payment_id ~ '^pay_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT payment_attempt_positive CHECK (attempt > 0),
  ADD CONSTRAINT payment_provider_form CHECK (provider ~ '^[a-z]{2,20}$'),
  ADD CONSTRAINT payment_provider_reference_form CHECK (provider_reference ~ '^[A-Za-z0-9_]{1,64}$'),
  ADD CONSTRAINT payment_method_known CHECK (method IN ('card', 'upi', 'sepa_debit')),
  ADD CONSTRAINT payment_method_token_form CHECK (method_token ~ '^[A-Za-z0-9_-]{1,128}$'),
  ADD CONSTRAINT payment_action_url_form CHECK
    (action_url ~ '^(https?|upi)://[!-~]+$' AND length(action_url) <= 1000),
  ADD CONSTRAINT payment_currency_iso CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT payment_amount_range CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
  ADD CONSTRAINT payment_tax_inside_amount CHECK (tax_minor BETWEEN 0 AND amount_minor),
  ADD CONSTRAINT payment_state_known CHECK (state IN ('authorizing', 'requires_action', 'authorized',
    'capturing', 'captured', 'voiding', 'voided', 'declined')),
  ADD CONSTRAINT payment_decline_code_form CHECK (decline_code ~ '^[a-z0-9_]{1,64}$'),
  ADD CONSTRAINT payment_decline_code_of_declined CHECK (decline_code IS NULL OR state = 'declined'),
  ADD CONSTRAINT payment_action_url_while_needed CHECK
    ((action_url IS NOT NULL) <= (state = 'requires_action')),
  ADD CONSTRAINT payment_taken_has_reference CHECK
    (state NOT IN ('authorized', 'capturing') OR provider_reference IS NOT NULL),
  ADD CONSTRAINT payment_version_positive CHECK (version > 0);

ALTER TABLE payments.provider_event
  ADD CONSTRAINT provider_event_provider_form CHECK (provider ~ '^[a-z]{2,20}$'),
  ADD CONSTRAINT provider_event_id_form CHECK (event_id ~ '^[A-Za-z0-9_-]{1,128}$'),
  ADD CONSTRAINT provider_event_type_form CHECK (type ~ '^[a-z0-9_.]{1,64}$'),
  ADD CONSTRAINT provider_event_payment_form CHECK
    (payment_id ~ '^pay_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT provider_event_currency_iso CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT provider_event_state_known CHECK
    (state IN ('requires_action', 'authorized', 'captured', 'voided', 'declined'));

ALTER TABLE payments.journal
  ADD CONSTRAINT journal_kind_known CHECK (kind IN ('capture', 'refund'));
-- one capture in the books per payment, whatever is doubled, retried or raced
CREATE UNIQUE INDEX journal_capture_once ON payments.journal (payment_id) WHERE kind = 'capture';

ALTER TABLE payments.ledger_entry
  ADD CONSTRAINT ledger_entry_account_known CHECK
    (account IN ('provider_receivable', 'sales', 'tax_payable', 'refunds')),
  ADD CONSTRAINT ledger_entry_currency_iso CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT ledger_entry_moves_something CHECK (amount_minor <> 0),
  ADD CONSTRAINT ledger_entry_exact_in_json CHECK (abs(amount_minor) <= 9007199254740991),
  ADD CONSTRAINT ledger_entry_line_range CHECK (line_number BETWEEN 1 AND 100);

-- Of which the provider is to be asked once more.
CREATE INDEX payment_late_news ON payments.payment (payment_id) WHERE has_late_news;

/* The state table of domain/payment.ts once more, as the second leg: a row never leaves a final state
   and its money never changes. */
CREATE FUNCTION payments.guard_payment_update() RETURNS trigger
  LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF (NEW.payment_id, NEW.order_id, NEW.attempt, NEW.provider, NEW.currency, NEW.amount_minor,
      NEW.tax_minor, NEW.created_at)
     IS DISTINCT FROM
     (OLD.payment_id, OLD.order_id, OLD.attempt, OLD.provider, OLD.currency, OLD.amount_minor,
      OLD.tax_minor, OLD.created_at) THEN
    RAISE EXCEPTION 'the identity of payment % may not change', OLD.payment_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state = 'captured' AND NEW.state <> 'captured' THEN
    RAISE EXCEPTION 'payment % is captured for good', OLD.payment_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.version < OLD.version THEN
    RAISE EXCEPTION 'the version of payment % would go back', OLD.payment_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

/* The provider's id is there when money is taken, and goes when nobody can dispute the payment any more. */
CREATE FUNCTION payments.guard_provider_reference() RETURNS trigger
  LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF NEW.state = 'captured' AND (TG_OP = 'INSERT' OR OLD.state <> 'captured') THEN
    RAISE EXCEPTION 'payment % is captured without a reference', NEW.payment_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.provider_reference IS NOT NULL
     AND (OLD.state NOT IN ('captured', 'voided', 'declined')
          OR OLD.changed_at > now() - interval '540 days') THEN
    RAISE EXCEPTION 'the reference of payment % is still needed', NEW.payment_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_provider_reference BEFORE INSERT OR UPDATE ON payments.payment
  FOR EACH ROW WHEN (NEW.provider_reference IS NULL)
  EXECUTE FUNCTION payments.guard_provider_reference();

CREATE TRIGGER guard_payment_update BEFORE UPDATE ON payments.payment
  FOR EACH ROW EXECUTE FUNCTION payments.guard_payment_update();

/* At commit every journal touched has entries and sums to zero in each of its currencies, and a payment
   that says captured has its journal. */
CREATE FUNCTION payments.assert_journal_balanced() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  unbalanced text;
BEGIN
  IF NOT EXISTS (SELECT FROM payments.ledger_entry e WHERE e.journal_id = NEW.journal_id) THEN
    RAISE EXCEPTION 'journal % has no entries', NEW.journal_id USING ERRCODE = 'check_violation';
  END IF;
  SELECT e.currency INTO unbalanced FROM payments.ledger_entry e
    WHERE e.journal_id = NEW.journal_id GROUP BY e.currency HAVING sum(e.amount_minor) <> 0 LIMIT 1;
  IF unbalanced IS NOT NULL THEN
    RAISE EXCEPTION 'journal % does not sum to zero in %', NEW.journal_id, unbalanced
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER journal_balanced AFTER INSERT ON payments.journal
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION payments.assert_journal_balanced();
CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON payments.ledger_entry
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION payments.assert_journal_balanced();

CREATE FUNCTION payments.assert_capture_posted() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM payments.journal j
                 WHERE j.payment_id = NEW.payment_id AND j.kind = 'capture') THEN
    RAISE EXCEPTION 'payment % is captured but not in the books', NEW.payment_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER capture_posted AFTER INSERT OR UPDATE OF state ON payments.payment
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.state = 'captured') EXECUTE FUNCTION payments.assert_capture_posted();

/* An entry belongs to the transaction of its journal: a posted journal takes no more of them, not even
   ones that cancel out. */
CREATE FUNCTION payments.refuse_late_entry() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM payments.journal j
                 WHERE j.journal_id = NEW.journal_id AND j.posted_in = pg_current_xact_id()) THEN
    RAISE EXCEPTION 'journal % was posted before', NEW.journal_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ledger_entry_on_time BEFORE INSERT ON payments.ledger_entry
  FOR EACH ROW EXECUTE FUNCTION payments.refuse_late_entry();

CREATE FUNCTION payments.refuse_change_of_books() RETURNS trigger
  LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  RAISE EXCEPTION 'the books are append-only: correct them by another journal'
    USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments.journal
  FOR EACH STATEMENT EXECUTE FUNCTION payments.refuse_change_of_books();
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments.ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION payments.refuse_change_of_books();

GRANT USAGE ON SCHEMA payments TO shop_api, shop_worker, shop_audit;
GRANT SELECT, INSERT, UPDATE ON payments.payment TO shop_api, shop_worker;
GRANT SELECT, INSERT ON payments.provider_event TO shop_api, shop_worker;
GRANT DELETE ON payments.provider_event TO shop_worker;
GRANT SELECT, INSERT (journal_id, kind, payment_id) ON payments.journal TO shop_api, shop_worker;
GRANT SELECT, INSERT ON payments.ledger_entry TO shop_api, shop_worker;
GRANT SELECT (payment_id, order_id, attempt, provider, method, currency, amount_minor, tax_minor, state,
              created_at, changed_at)
  ON payments.payment TO shop_audit;
GRANT SELECT ON payments.journal, payments.ledger_entry, payments.provider_event TO shop_audit;
