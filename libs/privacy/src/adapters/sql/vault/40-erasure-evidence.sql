ALTER TABLE vault.erasure_evidence
  ADD CONSTRAINT erasure_evidence_request_form CHECK (request_id ~ '^ers_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT erasure_evidence_part_known CHECK (part IN ('key-trial', 'store-scan', 'restore-drill')),
  ADD CONSTRAINT erasure_evidence_login_known CHECK (login IN ('api', 'worker', 'eraser', 'operator')),
  ADD CONSTRAINT erasure_evidence_login_of_part CHECK ((part = 'key-trial') = (login <> 'operator')),
  ADD CONSTRAINT erasure_evidence_outcome_of_part CHECK (CASE part
    WHEN 'key-trial' THEN outcome IN ('key-gone', 'login-refused', 'nothing-wrapped')
    ELSE outcome IN ('clean', 'found') END),
  ADD CONSTRAINT erasure_evidence_counts CHECK (tried >= 0 AND found >= 0),
  ADD CONSTRAINT erasure_evidence_found_counts CHECK ((outcome = 'found') = (found > 0)),
  -- what a process cannot see for itself it believes by a signature only
  ADD CONSTRAINT erasure_evidence_of_operator_is_signed CHECK
    (num_nulls(statement, kms_key_arn, signature) = CASE login WHEN 'operator' THEN 0 ELSE 3 END),
  ADD CONSTRAINT erasure_evidence_signature_length CHECK (octet_length(signature) = 64),
  ADD CONSTRAINT erasure_evidence_key_known FOREIGN KEY (kms_key_arn)
    REFERENCES vault.signing_key (kms_key_arn);

CREATE UNIQUE INDEX erasure_evidence_one_trial_each ON vault.erasure_evidence (request_id, login)
  WHERE part = 'key-trial';

-- Nobody gives evidence in the name of another login. An operator's tool writes as the owner.
CREATE FUNCTION vault.guard_erasure_evidence() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF current_user <> (CASE NEW.login WHEN 'operator' THEN 'vault_owner' ELSE 'vault_' || NEW.login END) THEN
    RAISE EXCEPTION 'evidence of % is not given by %', NEW.login, current_user USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_erasure_evidence BEFORE INSERT ON vault.erasure_evidence
  FOR EACH ROW EXECUTE FUNCTION vault.guard_erasure_evidence();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON vault.erasure_evidence
  FOR EACH ROW EXECUTE FUNCTION vault.refuse_change();

GRANT SELECT, INSERT ON vault.erasure_evidence TO vault_api, vault_worker, vault_eraser;
GRANT SELECT ON vault.erasure_evidence TO vault_audit;
