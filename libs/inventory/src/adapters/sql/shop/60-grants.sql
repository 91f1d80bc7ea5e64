-- Units move through inventory.apply and no other way: no process may write the stock tables.
REVOKE EXECUTE ON FUNCTION inventory.apply(jsonb), inventory.announce_grants(jsonb),
  inventory.refuse_change(), inventory.document_outcome(text), inventory.share(bigint, bigint[]),
  inventory.plan_document(inventory.stock_document, inventory.stock_document, inventory.escrow,
    boolean, text), inventory.move(inventory.escrow, text, bigint),
  inventory.post(inventory.escrow, text[], bigint[]), inventory.begin_recovery(int),
  inventory.note_remembered(int),
  inventory.end_recovery(int), inventory.hear_epoch(text, int), inventory.note_return(text, int),
  inventory.way_to(text, text),
  inventory.plan_readopt(text, text, bigint, inventory.escrow),
  inventory.open_books(text[], text[], text[], bigint[], text, text),
  inventory.positions_of(text[]) FROM PUBLIC;
GRANT USAGE ON SCHEMA inventory TO shop_api, shop_worker, shop_border, shop_audit;
GRANT EXECUTE ON FUNCTION inventory.apply(jsonb), inventory.begin_recovery(int)
  TO shop_api, shop_worker, shop_border;
GRANT EXECUTE ON FUNCTION inventory.note_remembered(int), inventory.end_recovery(int) TO shop_worker;
GRANT EXECUTE ON FUNCTION inventory.hear_epoch(text, int) TO shop_worker, shop_border;
GRANT EXECUTE ON FUNCTION inventory.note_return(text, int) TO shop_border;
GRANT SELECT ON inventory.stock_pool, inventory.escrow, inventory.quota_channel,
  inventory.cell_epoch, inventory.peer_epoch, inventory.recovery
  TO shop_api, shop_worker, shop_border, shop_audit;
GRANT SELECT ON inventory.reservation TO shop_api, shop_worker, shop_audit;
GRANT INSERT ON inventory.stock_refusal TO shop_api, shop_worker;
GRANT USAGE ON SEQUENCE inventory.stock_refusal_seq_seq TO shop_api, shop_worker;
GRANT SELECT ON inventory.escrow_journal, inventory.stock_document, inventory.stock_refusal,
  inventory.breach TO shop_audit;
