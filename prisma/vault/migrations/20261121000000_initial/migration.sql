-- Composed by `npm run entrepot -- migrate compose` from the Prisma schema and the owners' SQL files.
-- Edit those, not this file.

-- Nobody gets a right that no owner's file names.
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TYPES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON SCHEMAS FROM PUBLIC;

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "cell";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "vault";

-- CreateTable
CREATE TABLE "cell"."identity" (
    "only_row" BOOLEAN NOT NULL DEFAULT true,
    "cell" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_pkey" PRIMARY KEY ("only_row")
);

-- CreateTable
CREATE TABLE "vault"."subject_key" (
    "subject_id" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'reserved',
    "kms_key_arn" TEXT,
    "kms_key_digest" BYTEA,
    "wrapped_key" BYTEA,
    "key_version" INTEGER NOT NULL DEFAULT 1,
    "reserved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "activated_at" TIMESTAMPTZ(3),
    "fenced_at" TIMESTAMPTZ(3),
    "destroyed_at" TIMESTAMPTZ(3),

    CONSTRAINT "subject_key_pkey" PRIMARY KEY ("subject_id")
);

-- CreateTable
CREATE TABLE "vault"."login_index" (
    "epoch" INTEGER NOT NULL,
    "audience" TEXT NOT NULL,
    "digest" BYTEA NOT NULL,
    "subject_id" TEXT NOT NULL,

    CONSTRAINT "login_index_pkey" PRIMARY KEY ("epoch","audience","digest")
);

-- CreateTable
CREATE TABLE "vault"."index_epoch" (
    "epoch" INTEGER NOT NULL,
    "kms_key_arn" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(3),
    "destroyed_at" TIMESTAMPTZ(3),

    CONSTRAINT "index_epoch_pkey" PRIMARY KEY ("epoch")
);

-- CreateTable
CREATE TABLE "vault"."fence" (
    "subject_id" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "fenced_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "fence_pkey" PRIMARY KEY ("subject_id")
);

-- CreateTable
CREATE TABLE "vault"."erasure_ledger" (
    "subject_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "fenced_at" TIMESTAMPTZ(3) NOT NULL,
    "key_unusable_at" TIMESTAMPTZ(3),
    "key_destroyed_at" TIMESTAMPTZ(3),

    CONSTRAINT "erasure_ledger_pkey" PRIMARY KEY ("subject_id")
);

-- CreateTable
CREATE TABLE "vault"."key_reserve" (
    "kms_key_arn" TEXT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "key_reserve_pkey" PRIMARY KEY ("kms_key_arn")
);

-- CreateTable
CREATE TABLE "vault"."signing_key" (
    "purpose" TEXT NOT NULL,
    "kms_key_arn" TEXT NOT NULL,
    "public_key" BYTEA NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "signing_key_pkey" PRIMARY KEY ("purpose")
);

-- CreateTable
CREATE TABLE "vault"."certificate_signature" (
    "request_id" TEXT NOT NULL,
    "body_digest" BYTEA NOT NULL,
    "kms_key_arn" TEXT NOT NULL,
    "signature" BYTEA NOT NULL,
    "signed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "certificate_signature_pkey" PRIMARY KEY ("request_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "subject_key_kms_key_arn_key" ON "vault"."subject_key"("kms_key_arn");

-- CreateIndex
CREATE INDEX "login_index_subject_id_idx" ON "vault"."login_index"("subject_id");

-- CreateIndex
CREATE UNIQUE INDEX "index_epoch_kms_key_arn_key" ON "vault"."index_epoch"("kms_key_arn");

-- CreateIndex
CREATE UNIQUE INDEX "fence_seq_key" ON "vault"."fence"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "signing_key_kms_key_arn_key" ON "vault"."signing_key"("kms_key_arn");

-- AddForeignKey
ALTER TABLE "vault"."login_index" ADD CONSTRAINT "login_index_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "vault"."subject_key"("subject_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- libs/platform/database/src/adapters/sql/vault/00-cell.sql
-- The marker row is written once, by the owner; everyone may compare it with what they were told.
ALTER TABLE cell.identity
  ADD CONSTRAINT identity_is_one_row CHECK (only_row),
  ADD CONSTRAINT identity_cell_shape CHECK (cell ~ '^[a-z]{2}-[1-9][0-9]{0,2}$'),
  ADD CONSTRAINT identity_region_shape CHECK (region = left(cell, 2));

GRANT USAGE ON SCHEMA cell TO vault_api, vault_worker, vault_border, vault_audit, vault_eraser;
GRANT SELECT ON cell.identity TO vault_api, vault_worker, vault_border, vault_audit, vault_eraser;

-- Who streams from here may be seen only by roles that read all statistics, as the owner does: a process
-- learns one number. NULL where no synchronous standby streams; of several that can acknowledge a commit
-- the nearest counts.
CREATE FUNCTION cell.standby_lag_bytes() RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT greatest(0, min(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), flush_lsn)))::bigint
    FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum') HAVING count(flush_lsn) > 0
$$;
REVOKE EXECUTE ON FUNCTION cell.standby_lag_bytes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cell.standby_lag_bytes TO vault_api, vault_worker;

-- libs/privacy/src/adapters/sql/vault/10-vault.sql
ALTER TABLE vault.subject_key
  ADD CONSTRAINT subject_key_subject_form CHECK (subject_id ~ '^sub_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT subject_key_state_known CHECK (state IN ('reserved', 'active', 'fenced', 'destroyed')),
  ADD CONSTRAINT subject_key_active_is_usable CHECK (state <> 'active' OR wrapped_key IS NOT NULL),
  ADD CONSTRAINT subject_key_has_kms_key CHECK (state = 'destroyed' OR kms_key_arn IS NOT NULL),
  ADD CONSTRAINT subject_key_destroyed_keeps_digest CHECK (state <> 'destroyed' OR
    (kms_key_arn IS NULL AND wrapped_key IS NULL AND kms_key_digest IS NOT NULL)),
  ADD CONSTRAINT subject_key_active_has_instant CHECK (state <> 'active' OR activated_at IS NOT NULL),
  ADD CONSTRAINT subject_key_fenced_has_instant CHECK
    ((state IN ('fenced', 'destroyed')) = (fenced_at IS NOT NULL)),
  ADD CONSTRAINT subject_key_destroyed_has_instant CHECK ((state = 'destroyed') = (destroyed_at IS NOT NULL)),
  ADD CONSTRAINT subject_key_version_positive CHECK (key_version > 0);

ALTER TABLE vault.login_index
  ADD CONSTRAINT login_index_audience_known CHECK (audience IN ('shopper', 'staff')),
  ADD CONSTRAINT login_index_digest_length CHECK (octet_length(digest) = 32),
  ADD CONSTRAINT login_index_epoch_known FOREIGN KEY (epoch) REFERENCES vault.index_epoch (epoch);

ALTER TABLE vault.index_epoch ADD CONSTRAINT index_epoch_positive CHECK (epoch > 0);

ALTER TABLE vault.fence
  ADD CONSTRAINT fence_seq_positive CHECK (seq > 0),
  ADD CONSTRAINT fence_reason_known CHECK (reason IN ('erasure', 'restore'));

-- What the sweeper of abandoned registrations looks through.
CREATE INDEX subject_key_reserved ON vault.subject_key (reserved_at) WHERE state = 'reserved';

-- reserved, active, fenced, destroyed: never back, and a data key that was once set stays the same.
CREATE FUNCTION vault.guard_subject_key_update() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  states CONSTANT text[] := ARRAY['reserved', 'active', 'fenced', 'destroyed'];
BEGIN
  IF array_position(states, NEW.state) < array_position(states, OLD.state) THEN
    RAISE EXCEPTION 'the key of % is % for good', OLD.subject_id, OLD.state USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.wrapped_key IS NOT NULL AND NEW.wrapped_key IS DISTINCT FROM OLD.wrapped_key
     AND NEW.state <> 'destroyed' AND NEW.key_version <= OLD.key_version THEN
    RAISE EXCEPTION 'the data key of % would be lost', OLD.subject_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_subject_key_update BEFORE UPDATE ON vault.subject_key
  FOR EACH ROW EXECUTE FUNCTION vault.guard_subject_key_update();

/* Fences a subject for ever and answers its place in the feed. Fences are rare, so they take turns: the
   numbers then rise in the order of commits, and a reader that has seen one has seen all before it. */
CREATE FUNCTION vault.fence_subject(fenced_subject text, fence_reason text) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  place bigint;
BEGIN
  LOCK TABLE vault.fence IN SHARE ROW EXCLUSIVE MODE;
  SELECT seq INTO place FROM vault.fence WHERE subject_id = fenced_subject;
  IF FOUND THEN
    RETURN place;
  END IF;
  INSERT INTO vault.fence (subject_id, seq, reason)
    SELECT fenced_subject, coalesce(max(seq), 0) + 1, fence_reason FROM vault.fence
    RETURNING seq INTO place;
  UPDATE vault.subject_key SET state = 'fenced', fenced_at = now()
    WHERE subject_id = fenced_subject AND state IN ('reserved', 'active');
  RETURN place;
END $$;

CREATE FUNCTION vault.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  RAISE EXCEPTION 'rows of %.% are for ever', TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON vault.fence
  FOR EACH ROW EXECUTE FUNCTION vault.refuse_change();

REVOKE EXECUTE ON FUNCTION vault.fence_subject FROM PUBLIC;
GRANT USAGE ON SCHEMA vault TO vault_api, vault_worker, vault_eraser, vault_audit;
GRANT EXECUTE ON FUNCTION vault.fence_subject TO vault_worker, vault_eraser;

GRANT SELECT, INSERT ON vault.subject_key, vault.login_index TO vault_api;
GRANT UPDATE (state, activated_at, wrapped_key) ON vault.subject_key TO vault_api;
GRANT SELECT ON vault.index_epoch, vault.fence TO vault_api, vault_worker, vault_eraser;
-- taking a key locks its row, which needs UPDATE
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.key_reserve TO vault_api, vault_worker;

GRANT SELECT, DELETE ON vault.subject_key, vault.login_index TO vault_worker;
GRANT INSERT ON vault.subject_key, vault.login_index TO vault_worker;
GRANT UPDATE (state, activated_at, wrapped_key) ON vault.subject_key TO vault_worker;
GRANT INSERT ON vault.index_epoch TO vault_worker;

GRANT SELECT ON vault.subject_key TO vault_eraser;
GRANT UPDATE (state, destroyed_at, kms_key_arn, kms_key_digest, wrapped_key)
  ON vault.subject_key TO vault_eraser;
GRANT SELECT, DELETE ON vault.login_index TO vault_eraser;
GRANT SELECT, INSERT, UPDATE ON vault.erasure_ledger TO vault_eraser;
GRANT SELECT ON vault.erasure_ledger TO vault_worker;

GRANT SELECT (subject_id, state, key_version, reserved_at, activated_at, fenced_at, destroyed_at)
  ON vault.subject_key TO vault_audit;
GRANT SELECT ON vault.fence, vault.erasure_ledger TO vault_audit;

-- libs/privacy/src/adapters/sql/vault/20-evidence.sql
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
