-- The marker row is written once, by the owner; everyone may compare it with what they were told.
ALTER TABLE cell.identity
  ADD CONSTRAINT identity_is_one_row CHECK (only_row),
  ADD CONSTRAINT identity_cell_shape CHECK (cell ~ '^[a-z]{2}-[1-9][0-9]{0,2}$'),
  ADD CONSTRAINT identity_region_shape CHECK (region = left(cell, 2));

GRANT USAGE ON SCHEMA cell TO catalog_api, catalog_worker, catalog_border, catalog_audit;
GRANT SELECT ON cell.identity TO catalog_api, catalog_worker, catalog_border, catalog_audit;
