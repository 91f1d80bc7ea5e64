-- The marker row is written once, by the owner; everyone may compare it with what they were told.
ALTER TABLE cell.identity ADD CONSTRAINT identity_is_one_row CHECK (only_row);

GRANT USAGE ON SCHEMA cell TO vault_api, vault_worker, vault_border, vault_audit, vault_eraser;
GRANT SELECT ON cell.identity TO vault_api, vault_worker, vault_border, vault_audit, vault_eraser;
