ALTER TABLE vault.signing_key
  ADD CONSTRAINT signing_key_purpose_known CHECK (purpose IN ('evidence')),
  ADD CONSTRAINT signing_key_arn_form CHECK (kms_key_arn ~ '^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/'),
  -- a point on P-256 with its header is 91 bytes
  ADD CONSTRAINT signing_key_is_p256 CHECK (octet_length(public_key) = 91);

ALTER TABLE vault.certificate_signature
  ADD CONSTRAINT certificate_signature_request_form CHECK (request_id ~ '^ers_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT certificate_signature_digest_length CHECK (octet_length(body_digest) = 32),
  ADD CONSTRAINT certificate_signature_length CHECK (octet_length(signature) = 64),
  ADD CONSTRAINT certificate_signature_key_known FOREIGN KEY (kms_key_arn)
    REFERENCES vault.signing_key (kms_key_arn);

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON vault.signing_key
  FOR EACH ROW EXECUTE FUNCTION vault.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON vault.certificate_signature
  FOR EACH ROW EXECUTE FUNCTION vault.refuse_change();

-- the worker makes the key, the eraser alone puts its name to anything
GRANT SELECT, INSERT ON vault.signing_key TO vault_worker;
GRANT SELECT ON vault.signing_key TO vault_eraser, vault_audit;
GRANT SELECT, INSERT ON vault.certificate_signature TO vault_eraser;
GRANT SELECT ON vault.certificate_signature TO vault_worker, vault_audit;
