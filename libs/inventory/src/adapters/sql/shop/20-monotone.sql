-- What may never be undone: totals fall, endings change, history is rewritten. The guards stand in the
-- WHEN clauses, so a lawful write pays a comparison and no function call.

CREATE FUNCTION inventory.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on inventory.% would undo what is final', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER totals_only_rise BEFORE UPDATE ON inventory.quota_channel FOR EACH ROW
  WHEN (NEW.granted_total < OLD.granted_total OR NEW.applied_total < OLD.applied_total
    OR NEW.peer_acked_total < OLD.peer_acked_total OR NEW.grants < OLD.grants
    OR NEW.pool_id <> OLD.pool_id OR NEW.peer <> OLD.peer)
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER channel_stays BEFORE DELETE ON inventory.quota_channel FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();

CREATE TRIGGER counters_only_rise BEFORE UPDATE ON inventory.escrow FOR EACH ROW
  WHEN (NEW.minted < OLD.minted OR NEW.applied < OLD.applied OR NEW.granted < OLD.granted
    OR NEW.shipped < OLD.shipped OR NEW.written_off < OLD.written_off
    OR NEW.transferred < OLD.transferred OR NEW.dispatched < OLD.dispatched
    OR NEW.documents < OLD.documents OR NEW.credits < OLD.credits OR NEW.pool_id <> OLD.pool_id OR NEW.stripe <> OLD.stripe)
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER balance_stays BEFORE DELETE ON inventory.escrow FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();

-- One batch may sell what is held and cancel or ship it too: then the row goes from HELD to that end.
CREATE TRIGGER one_ending BEFORE UPDATE ON inventory.reservation FOR EACH ROW
  WHEN (NEW.pool_id <> OLD.pool_id OR NEW.order_id <> OLD.order_id
    OR NEW.quantity <> OLD.quantity OR NEW.expires_at <> OLD.expires_at
    OR NEW.state = OLD.state
    OR NOT (OLD.state = 'HELD' OR OLD.state = 'CONFIRMED' AND NEW.state IN ('CANCELLED', 'SHIPPED')))
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER reservation_stays BEFORE DELETE ON inventory.reservation FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();

CREATE TRIGGER history_stays BEFORE UPDATE OR DELETE ON inventory.escrow_journal FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER history_is_not_emptied BEFORE TRUNCATE ON inventory.escrow_journal
  FOR EACH STATEMENT EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER document_stays BEFORE UPDATE OR DELETE ON inventory.stock_document FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER refusal_stays BEFORE UPDATE OR DELETE ON inventory.stock_refusal FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER epoch_only_rises BEFORE UPDATE ON inventory.cell_epoch FOR EACH ROW
  WHEN (NEW.epoch < OLD.epoch OR NEW.cell <> OLD.cell)
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER heard_epoch_only_rises BEFORE UPDATE ON inventory.peer_epoch FOR EACH ROW
  WHEN (NEW.epoch < OLD.epoch OR NEW.peer <> OLD.peer)
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER heard_epoch_stays BEFORE DELETE ON inventory.peer_epoch FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER recovery_is_ended_once BEFORE UPDATE ON inventory.recovery FOR EACH ROW
  WHEN (OLD.ended_at IS NOT NULL OR NEW.epoch <> OLD.epoch OR NEW.starts_after <> OLD.starts_after
    OR NEW.mends_epoch <> OLD.mends_epoch OR NEW.mends_after <> OLD.mends_after)
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER recovery_stays BEFORE DELETE ON inventory.recovery FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();
