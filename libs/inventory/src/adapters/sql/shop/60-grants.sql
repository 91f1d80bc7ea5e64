-- Units move through inventory.apply and no other way: no process may write the stock tables.
REVOKE EXECUTE ON FUNCTION inventory.apply(jsonb), inventory.announce_grants(jsonb),
  inventory.refuse_change(), inventory.document_outcome(text), inventory.share(bigint, bigint[]),
  inventory.plan_document(inventory.stock_document, inventory.stock_document, inventory.escrow,
    boolean, text), inventory.move(inventory.escrow, text, bigint),
  inventory.post(inventory.escrow, text[], bigint[]) FROM PUBLIC;
GRANT USAGE ON SCHEMA inventory TO shop_api, shop_worker, shop_border, shop_audit;
GRANT EXECUTE ON FUNCTION inventory.apply(jsonb) TO shop_api, shop_worker, shop_border;
GRANT SELECT ON inventory.stock_pool, inventory.escrow, inventory.quota_channel,
  inventory.cell_epoch TO shop_api, shop_worker, shop_border, shop_audit;
GRANT SELECT ON inventory.reservation TO shop_api, shop_worker, shop_audit;
GRANT INSERT ON inventory.stock_refusal TO shop_api, shop_worker;
GRANT USAGE ON SEQUENCE inventory.stock_refusal_seq_seq TO shop_api, shop_worker;
GRANT SELECT ON inventory.escrow_journal, inventory.stock_document, inventory.stock_refusal,
  inventory.breach TO shop_audit;
