ALTER TABLE identity.account
  ADD CONSTRAINT account_id_form CHECK (account_id ~ '^acc_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT account_email_is_ciphertext CHECK (email LIKE 'v1|%'),
  ADD CONSTRAINT account_full_name_is_ciphertext CHECK (full_name LIKE 'v1|%'),
  ADD CONSTRAINT account_password_hash_is_ciphertext CHECK (password_hash LIKE 'v1|%'),
  ADD CONSTRAINT account_residence_form CHECK (residence ~ '^[A-Z]{2}$'),
  ADD CONSTRAINT account_language_form CHECK (language ~ '^[a-z]{2}$'),
  ADD CONSTRAINT account_version_positive CHECK (version > 0);

ALTER TABLE identity.address
  ADD CONSTRAINT address_id_form CHECK (address_id ~ '^adr_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT address_content_is_ciphertext CHECK (content LIKE 'v1|%'),
  ADD CONSTRAINT address_version_positive CHECK (version > 0);

ALTER TABLE identity.staff
  ADD CONSTRAINT staff_id_form CHECK (staff_id ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT staff_email_is_ciphertext CHECK (email LIKE 'v1|%'),
  ADD CONSTRAINT staff_full_name_is_ciphertext CHECK (full_name LIKE 'v1|%'),
  ADD CONSTRAINT staff_password_hash_is_ciphertext CHECK (password_hash LIKE 'v1|%');

ALTER TABLE identity.staff_role
  ADD CONSTRAINT staff_role_known CHECK
    (role IN ('merchandiser', 'warehouse', 'support', 'privacy-officer', 'tax-officer', 'operator')),
  ADD CONSTRAINT staff_role_granted_by_form CHECK (granted_by ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT staff_role_not_by_oneself CHECK (granted_by <> staff_id);

ALTER TABLE identity.session
  ADD CONSTRAINT session_id_form CHECK (session_id ~ '^ses_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT session_holder_form CHECK
    (holder_id ~ CASE holder_kind WHEN 'shopper' THEN '^acc_' WHEN 'staff' THEN '^stf_' END),
  ADD CONSTRAINT session_holder_kind_known CHECK (holder_kind IN ('shopper', 'staff')),
  ADD CONSTRAINT session_hash_lengths CHECK (octet_length(handle_hash) = 32
    AND octet_length(family_hash) = 32 AND octet_length(refresh_hash) = 32),
  ADD CONSTRAINT session_generation_positive CHECK (refresh_generation > 0),
  ADD CONSTRAINT session_end_reason_known CHECK
    (end_reason IN ('signed-out', 'refresh-reused', 'erased', 'disabled')),
  ADD CONSTRAINT session_end_has_reason CHECK ((ended_at IS NULL) = (end_reason IS NULL));

CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON identity.account
  FOR EACH ROW EXECUTE FUNCTION
  privacy.guard_subject_write('subject_id', 'email', 'full_name', 'password_hash');
CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON identity.address
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'content');
CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON identity.staff
  FOR EACH ROW EXECUTE FUNCTION
  privacy.guard_subject_write('subject_id', 'email', 'full_name', 'password_hash');
CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON identity.session
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'refresh_hash');

GRANT USAGE ON SCHEMA identity TO shop_api, shop_worker, shop_audit;
GRANT SELECT, INSERT, UPDATE ON identity.account TO shop_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON identity.address TO shop_api;
GRANT SELECT, INSERT, UPDATE ON identity.session TO shop_api;
GRANT SELECT ON identity.staff, identity.staff_role TO shop_api;

-- the worker seeds, exports and erases
GRANT SELECT, INSERT, DELETE ON identity.account, identity.staff, identity.staff_role TO shop_worker;
GRANT SELECT, DELETE ON identity.address TO shop_worker;
GRANT SELECT, UPDATE, DELETE ON identity.session TO shop_worker;
-- and seals anew what a former key of the person sealed
GRANT UPDATE (email, full_name, password_hash) ON identity.account, identity.staff TO shop_worker;
GRANT UPDATE (content) ON identity.address TO shop_worker;

GRANT SELECT (account_id, residence, language, version, created_at) ON identity.account TO shop_audit;
GRANT SELECT (session_id, holder_kind, refresh_generation, started_at, expires_at, ended_at, end_reason)
  ON identity.session TO shop_audit;
GRANT SELECT ON identity.staff_role TO shop_audit;
