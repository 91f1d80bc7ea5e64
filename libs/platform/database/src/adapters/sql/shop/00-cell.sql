-- The marker row is written once, by the owner; everyone may compare it with what they were told.
ALTER TABLE cell.identity ADD CONSTRAINT identity_is_one_row CHECK (only_row);

GRANT USAGE ON SCHEMA cell TO shop_api, shop_worker, shop_border, shop_audit;
GRANT SELECT ON cell.identity TO shop_api, shop_worker, shop_border, shop_audit;
