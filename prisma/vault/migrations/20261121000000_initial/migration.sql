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
CREATE TABLE "cell"."quarantine" (
    "restore_id" TEXT NOT NULL,
    "backup_id" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(3),
    "backup_seq" INTEGER NOT NULL,
    "backup_digest" TEXT NOT NULL,
    "replayed_seq" INTEGER,
    "replayed_digest" TEXT,

    CONSTRAINT "quarantine_pkey" PRIMARY KEY ("restore_id")
);

-- CreateTable
CREATE TABLE "vault"."cohort_key" (
    "cohort" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "law" TEXT NOT NULL,
    "ends_on" DATE,
    "kms_key_arn" TEXT,
    "kms_key_digest" BYTEA,
    "wrapped_key" BYTEA,
    "made_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "unusable_at" TIMESTAMPTZ(3),
    "destroyed_at" TIMESTAMPTZ(3),

    CONSTRAINT "cohort_key_pkey" PRIMARY KEY ("cohort")
);

-- CreateTable
CREATE TABLE "vault"."request_key" (
    "request_id" TEXT NOT NULL,
    "epoch" INTEGER,
    "shard" INTEGER NOT NULL,
    "wrapped_key" BYTEA,
    "made_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "destroyed_at" TIMESTAMPTZ(3),

    CONSTRAINT "request_key_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "vault"."key_driver" (
    "only_row" BOOLEAN NOT NULL DEFAULT true,
    "driver" TEXT NOT NULL,
    "chosen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "key_driver_pkey" PRIMARY KEY ("only_row")
);

-- CreateTable
CREATE TABLE "vault"."subject_key" (
    "subject_id" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'reserved',
    "driver" TEXT NOT NULL DEFAULT 'kms-per-user',
    "kms_key_arn" TEXT,
    "kms_key_digest" BYTEA,
    "wrapped_key" BYTEA,
    "key_version" INTEGER NOT NULL DEFAULT 1,
    "first_epoch" INTEGER,
    "reserved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "activated_at" TIMESTAMPTZ(3),
    "fenced_at" TIMESTAMPTZ(3),
    "destroyed_at" TIMESTAMPTZ(3),

    CONSTRAINT "subject_key_pkey" PRIMARY KEY ("subject_id")
);

-- CreateTable
CREATE TABLE "vault"."former_data_key" (
    "subject_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "wrapped_key" BYTEA NOT NULL,
    "superseded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "unnamed_since" TIMESTAMPTZ(3),

    CONSTRAINT "former_data_key_pkey" PRIMARY KEY ("subject_id","version")
);

-- CreateTable
CREATE TABLE "vault"."key_epoch" (
    "epoch" INTEGER NOT NULL,
    "root_key_arn" TEXT,
    "index_key_arn" TEXT,
    "root_key_digest" BYTEA,
    "index_key_digest" BYTEA,
    "made_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "opened_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "moves_total" INTEGER,
    "moves_done" INTEGER NOT NULL DEFAULT 0,
    "retired_at" TIMESTAMPTZ(3),
    "unusable_at" TIMESTAMPTZ(3),
    "destroyed_at" TIMESTAMPTZ(3),

    CONSTRAINT "key_epoch_pkey" PRIMARY KEY ("epoch")
);

-- CreateTable
CREATE TABLE "vault"."shard_key" (
    "epoch" INTEGER NOT NULL,
    "shard" INTEGER NOT NULL,
    "wrapped_key" BYTEA NOT NULL,

    CONSTRAINT "shard_key_pkey" PRIMARY KEY ("epoch","shard")
);

-- CreateTable
CREATE TABLE "vault"."subject_kek" (
    "subject_id" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "shard" INTEGER NOT NULL,
    "wrapped_kek" BYTEA NOT NULL,

    CONSTRAINT "subject_kek_pkey" PRIMARY KEY ("subject_id")
);

-- CreateTable
CREATE TABLE "vault"."login_index" (
    "epoch" INTEGER NOT NULL,
    "audience" TEXT NOT NULL,
    "digest" BYTEA NOT NULL,
    "subject_id" TEXT NOT NULL,
    "wrapped_inner" BYTEA NOT NULL,

    CONSTRAINT "login_index_pkey" PRIMARY KEY ("epoch","audience","digest")
);

-- CreateTable
CREATE TABLE "vault"."login_key" (
    "only_row" BOOLEAN NOT NULL DEFAULT true,
    "kms_key_arn" TEXT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "login_key_pkey" PRIMARY KEY ("only_row")
);

-- CreateTable
CREATE TABLE "vault"."fence" (
    "subject_id" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "is_hashed" BOOLEAN NOT NULL DEFAULT false,
    "fenced_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "fence_pkey" PRIMARY KEY ("subject_id")
);

-- CreateTable
CREATE TABLE "vault"."erasure_ledger" (
    "subject_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "fenced_at" TIMESTAMPTZ(3) NOT NULL,
    "first_epoch" INTEGER,
    "last_epoch" INTEGER,
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

-- CreateTable
CREATE TABLE "vault"."erasure_evidence" (
    "evidence_id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "request_id" TEXT NOT NULL,
    "part" TEXT NOT NULL,
    "login" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "tried" INTEGER NOT NULL,
    "found" INTEGER NOT NULL,
    "statement" TEXT,
    "kms_key_arn" TEXT,
    "signature" BYTEA,
    "given_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "erasure_evidence_pkey" PRIMARY KEY ("evidence_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "cohort_key_kms_key_arn_key" ON "vault"."cohort_key"("kms_key_arn");

-- CreateIndex
CREATE INDEX "request_key_epoch_idx" ON "vault"."request_key"("epoch");

-- CreateIndex
CREATE UNIQUE INDEX "subject_key_kms_key_arn_key" ON "vault"."subject_key"("kms_key_arn");

-- CreateIndex
CREATE UNIQUE INDEX "key_epoch_root_key_arn_key" ON "vault"."key_epoch"("root_key_arn");

-- CreateIndex
CREATE UNIQUE INDEX "key_epoch_index_key_arn_key" ON "vault"."key_epoch"("index_key_arn");

-- CreateIndex
CREATE INDEX "subject_kek_epoch_shard_subject_id_idx" ON "vault"."subject_kek"("epoch", "shard", "subject_id");

-- CreateIndex
CREATE INDEX "login_index_subject_id_idx" ON "vault"."login_index"("subject_id");

-- CreateIndex
CREATE INDEX "login_index_epoch_subject_id_idx" ON "vault"."login_index"("epoch", "subject_id");

-- CreateIndex
CREATE UNIQUE INDEX "login_key_kms_key_arn_key" ON "vault"."login_key"("kms_key_arn");

-- CreateIndex
CREATE UNIQUE INDEX "fence_seq_key" ON "vault"."fence"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "signing_key_kms_key_arn_key" ON "vault"."signing_key"("kms_key_arn");

-- CreateIndex
CREATE INDEX "erasure_evidence_request_id_idx" ON "vault"."erasure_evidence"("request_id");

-- AddForeignKey
ALTER TABLE "vault"."former_data_key" ADD CONSTRAINT "former_data_key_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "vault"."subject_key"("subject_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "vault"."shard_key" ADD CONSTRAINT "shard_key_epoch_fkey" FOREIGN KEY ("epoch") REFERENCES "vault"."key_epoch"("epoch") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "vault"."subject_kek" ADD CONSTRAINT "subject_kek_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "vault"."subject_key"("subject_id") ON DELETE CASCADE ON UPDATE CASCADE;

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

-- A restored database has forgotten the newest erasures. The restore opens a row and closes it once the
-- journal has been replayed; no role of a process may write here, so none can end its own quarantine.
ALTER TABLE cell.quarantine
  ADD CONSTRAINT quarantine_restore_form CHECK (restore_id ~ '^restore-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}$'),
  ADD CONSTRAINT quarantine_backup_form CHECK (backup_id ~ '^backup-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}$'),
  ADD CONSTRAINT quarantine_backup_head_form CHECK
    (backup_seq > 0 AND backup_digest ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT quarantine_closed_at_a_head CHECK
    (num_nulls(closed_at, replayed_seq, replayed_digest) IN (0, 3)),
  ADD CONSTRAINT quarantine_replayed_head_form CHECK
    (replayed_seq >= backup_seq AND replayed_digest ~ '^[0-9a-f]{64}$');

CREATE UNIQUE INDEX quarantine_open ON cell.quarantine ((true)) WHERE closed_at IS NULL;

-- Opened, closed, then history.
CREATE FUNCTION cell.guard_quarantine() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.closed_at IS NOT NULL
     OR (NEW.restore_id, NEW.backup_id, NEW.opened_at, NEW.backup_seq, NEW.backup_digest) IS DISTINCT FROM
        (OLD.restore_id, OLD.backup_id, OLD.opened_at, OLD.backup_seq, OLD.backup_digest) THEN
    RAISE EXCEPTION 'quarantine % stands as it is', OLD.restore_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_quarantine BEFORE UPDATE OR DELETE ON cell.quarantine
  FOR EACH ROW EXECUTE FUNCTION cell.guard_quarantine();

GRANT SELECT ON cell.quarantine TO vault_api, vault_worker, vault_border, vault_audit, vault_eraser;

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
  ADD CONSTRAINT subject_key_has_kms_key CHECK
    (state = 'destroyed' OR (driver = 'kms-per-user') = (kms_key_arn IS NOT NULL)),
  ADD CONSTRAINT subject_key_destroyed_keeps_digest CHECK (state <> 'destroyed' OR
    (kms_key_arn IS NULL AND wrapped_key IS NULL AND
     (driver = 'kms-per-user') = (kms_key_digest IS NOT NULL))),
  ADD CONSTRAINT subject_key_active_has_instant CHECK (state <> 'active' OR activated_at IS NOT NULL),
  ADD CONSTRAINT subject_key_fenced_has_instant CHECK
    ((state IN ('fenced', 'destroyed')) = (fenced_at IS NOT NULL)),
  ADD CONSTRAINT subject_key_destroyed_has_instant CHECK ((state = 'destroyed') = (destroyed_at IS NOT NULL)),
  ADD CONSTRAINT subject_key_version_positive CHECK (key_version > 0);

ALTER TABLE vault.key_driver
  ADD CONSTRAINT key_driver_one_row CHECK (only_row),
  ADD CONSTRAINT key_driver_known CHECK (driver IN ('kms-per-user', 'kms-epoch'));

ALTER TABLE vault.former_data_key
  ADD CONSTRAINT former_data_key_version_positive CHECK (version > 0);

ALTER TABLE vault.key_epoch
  ADD CONSTRAINT key_epoch_positive CHECK (epoch > 0),
  ADD CONSTRAINT key_epoch_in_order CHECK (
    (closed_at IS NULL OR opened_at IS NOT NULL) AND (retired_at IS NULL OR closed_at IS NOT NULL) AND
    (unusable_at IS NULL OR retired_at IS NOT NULL) AND (destroyed_at IS NULL OR unusable_at IS NOT NULL)),
  ADD CONSTRAINT key_epoch_has_keys CHECK
    (num_nulls(root_key_arn, index_key_arn) = CASE WHEN destroyed_at IS NULL THEN 0 ELSE 2 END),
  ADD CONSTRAINT key_epoch_destroyed_keeps_digests CHECK
    (num_nulls(root_key_digest, index_key_digest) = CASE WHEN destroyed_at IS NULL THEN 2 ELSE 0 END),
  ADD CONSTRAINT key_epoch_moves CHECK (moves_done >= 0 AND moves_total >= 0);

CREATE UNIQUE INDEX key_epoch_one_open ON vault.key_epoch ((true))
  WHERE opened_at IS NOT NULL AND closed_at IS NULL;
CREATE UNIQUE INDEX key_epoch_one_in_the_making ON vault.key_epoch ((true)) WHERE opened_at IS NULL;

ALTER TABLE vault.shard_key
  ADD CONSTRAINT shard_key_shard_known CHECK (shard BETWEEN 0 AND 31),
  ADD CONSTRAINT shard_key_wrapped CHECK (octet_length(wrapped_key) > 32);

-- 61 bytes: format, initialisation vector, tag, and 32 bytes of key or hash
ALTER TABLE vault.subject_kek
  ADD CONSTRAINT subject_kek_shard_of_subject CHECK (shard = get_byte(sha256(subject_id::bytea), 0) % 32),
  ADD CONSTRAINT subject_kek_wrapped CHECK (octet_length(wrapped_kek) = 61);

ALTER TABLE vault.login_key ADD CONSTRAINT login_key_one_row CHECK (only_row);

ALTER TABLE vault.login_index
  ADD CONSTRAINT login_index_audience_known CHECK (audience IN ('shopper', 'staff')),
  ADD CONSTRAINT login_index_digest_length CHECK (octet_length(digest) = 32),
  ADD CONSTRAINT login_index_wrapped CHECK (octet_length(wrapped_inner) = 61);

ALTER TABLE vault.erasure_ledger
  ADD CONSTRAINT erasure_ledger_epochs CHECK
    (num_nulls(first_epoch, last_epoch) IN (0, 2) AND first_epoch <= last_epoch);

ALTER TABLE vault.fence
  ADD CONSTRAINT fence_seq_positive CHECK (seq > 0),
  ADD CONSTRAINT fence_reason_known CHECK (reason IN ('erasure', 'restore'));

-- What the sweeper of abandoned registrations looks through.
CREATE INDEX subject_key_reserved ON vault.subject_key (reserved_at) WHERE state = 'reserved';

-- Of the driver of this vault, and of nobody who was fenced: a destroyed key is not made again.
CREATE FUNCTION vault.guard_subject_key_insert() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF NEW.driver IS DISTINCT FROM (SELECT driver FROM vault.key_driver) THEN
    RAISE EXCEPTION 'the keys of this vault are not kept by %', NEW.driver USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT FROM vault.fence f WHERE f.subject_id = NEW.subject_id) THEN
    RAISE EXCEPTION 'subject % is fenced', NEW.subject_id USING ERRCODE = 'PR001';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_subject_key_insert BEFORE INSERT ON vault.subject_key
  FOR EACH ROW EXECUTE FUNCTION vault.guard_subject_key_insert();

/* reserved, active, fenced, destroyed: never back, and a data key that was once set stays until the key is
   destroyed. A new version takes its place only when the former one is kept; a fenced one under kms-epoch
   goes when nothing is left that could open it. */
CREATE FUNCTION vault.guard_subject_key_update() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  states CONSTANT text[] := ARRAY['reserved', 'active', 'fenced', 'destroyed'];
  is_lost CONSTANT boolean := NEW.state <> 'destroyed' AND OLD.wrapped_key IS NOT NULL
    AND NEW.wrapped_key IS DISTINCT FROM OLD.wrapped_key;
BEGIN
  IF array_position(states, NEW.state) < array_position(states, OLD.state) THEN
    RAISE EXCEPTION 'the key of % is % for good', OLD.subject_id, OLD.state USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.driver <> OLD.driver OR NEW.first_epoch IS DISTINCT FROM OLD.first_epoch THEN
    RAISE EXCEPTION 'the driver and the first epoch of % stay', OLD.subject_id USING ERRCODE = 'check_violation';
  END IF;
  IF (is_lost OR NEW.key_version <> OLD.key_version) AND NOT (
    NEW.wrapped_key IS NOT NULL AND NEW.key_version = OLD.key_version + 1 AND EXISTS (
      SELECT FROM vault.former_data_key f WHERE f.subject_id = OLD.subject_id
        AND f.version = OLD.key_version AND f.wrapped_key = OLD.wrapped_key)
  ) AND NOT (
    NEW.wrapped_key IS NULL AND NEW.state = 'fenced' AND NEW.driver = 'kms-epoch'
      AND NOT EXISTS (SELECT FROM vault.subject_kek k WHERE k.subject_id = OLD.subject_id)
  ) THEN
    RAISE EXCEPTION 'the data key of % would be lost', OLD.subject_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.subject_id <> OLD.subject_id AND NOT (OLD.state = 'destroyed' AND EXISTS (
    SELECT FROM vault.fence f WHERE f.subject_id = NEW.subject_id AND f.is_hashed)) THEN
    RAISE EXCEPTION 'the key of % stays that of this subject', OLD.subject_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'destroyed' THEN
    -- the instants are those of a first order or of a gift, and would lead to it
    NEW.reserved_at := date_trunc('day', OLD.reserved_at, 'UTC');
    NEW.activated_at := date_trunc('day', OLD.activated_at, 'UTC');
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

/* A fence is for ever. Its reference becomes a hash once, when the key has been gone for longer than any
   backup is kept. */
CREATE FUNCTION vault.guard_fence() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NOT OLD.is_hashed AND NEW.is_hashed
     AND (NEW.seq, NEW.reason, NEW.fenced_at) = (OLD.seq, OLD.reason, OLD.fenced_at)
     AND EXISTS (SELECT FROM vault.erasure_ledger l WHERE l.subject_id = OLD.subject_id
                 AND l.key_destroyed_at < now() - interval '35 days') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'rows of vault.fence are for ever' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER guard_fence BEFORE UPDATE OR DELETE ON vault.fence
  FOR EACH ROW EXECUTE FUNCTION vault.guard_fence();

/* Puts a hash in the place of the reference of whoever was erased; the spare name where a restore wrote the reference
   back beside its hash. Answers false where nobody of that name is fenced any more. */
CREATE FUNCTION vault.hash_tombstone(erased_subject text, reference text, spare text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  new_name CONSTANT text := CASE
    WHEN EXISTS (SELECT FROM vault.fence f WHERE f.subject_id = reference) THEN spare ELSE reference END;
BEGIN
  UPDATE vault.fence SET subject_id = new_name, is_hashed = true
    WHERE subject_id = erased_subject AND NOT is_hashed;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE vault.erasure_ledger SET subject_id = new_name WHERE subject_id = erased_subject;
  UPDATE vault.subject_key SET subject_id = new_name WHERE subject_id = erased_subject;
  RETURN true;
END $$;

CREATE INDEX fence_hashed ON vault.fence (subject_id) WHERE is_hashed;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON vault.key_driver
  FOR EACH ROW EXECUTE FUNCTION vault.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON vault.login_key
  FOR EACH ROW EXECUTE FUNCTION vault.refuse_change();

-- What has happened to an epoch stays so, and its keys are those it was made with.
CREATE FUNCTION vault.guard_key_epoch_update() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF (OLD.opened_at, OLD.closed_at, OLD.retired_at, OLD.unusable_at, OLD.destroyed_at) IS DISTINCT FROM (
       CASE WHEN OLD.opened_at IS NOT NULL THEN NEW.opened_at END,
       CASE WHEN OLD.closed_at IS NOT NULL THEN NEW.closed_at END,
       CASE WHEN OLD.retired_at IS NOT NULL THEN NEW.retired_at END,
       CASE WHEN OLD.unusable_at IS NOT NULL THEN NEW.unusable_at END,
       CASE WHEN OLD.destroyed_at IS NOT NULL THEN NEW.destroyed_at END)
     OR NEW.root_key_arn <> OLD.root_key_arn OR NEW.index_key_arn <> OLD.index_key_arn THEN
    RAISE EXCEPTION 'what has happened to epoch % stays so', OLD.epoch USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_key_epoch_update BEFORE UPDATE ON vault.key_epoch
  FOR EACH ROW EXECUTE FUNCTION vault.guard_key_epoch_update();

/* Whatever comes under an epoch comes under the open one, which cannot be closed before the writer has
   ended. So once an epoch is closed, no row comes under it any more. SQLSTATE PR003: another is open now. */
CREATE FUNCTION vault.guard_open_epoch() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  open_epoch integer;
BEGIN
  SELECT epoch INTO open_epoch FROM vault.key_epoch
    WHERE opened_at IS NOT NULL AND closed_at IS NULL FOR SHARE;
  IF EXISTS (SELECT FROM written WHERE epoch IS DISTINCT FROM open_epoch) THEN
    RAISE EXCEPTION 'a row of %.% is not under the open epoch', TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'PR003';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER guard_open_epoch_insert AFTER INSERT ON vault.subject_kek
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION vault.guard_open_epoch();
CREATE TRIGGER guard_open_epoch_update AFTER UPDATE ON vault.subject_kek
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION vault.guard_open_epoch();
CREATE TRIGGER guard_open_epoch_insert AFTER INSERT ON vault.login_index
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION vault.guard_open_epoch();
CREATE TRIGGER guard_open_epoch_update AFTER UPDATE ON vault.login_index
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION vault.guard_open_epoch();

/* Opens an epoch that was made and closes the one before, once all that is being written under that one
   has ended. Answers false where shard keys are missing, where the last but one still holds rows, or
   where the epoch is open already: never more than two epochs hold anything. */
CREATE FUNCTION vault.open_epoch(next_epoch integer) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  PERFORM FROM vault.key_epoch WHERE retired_at IS NULL ORDER BY epoch FOR UPDATE;
  IF NOT EXISTS (SELECT FROM vault.key_epoch WHERE epoch = next_epoch AND opened_at IS NULL)
     OR EXISTS (SELECT FROM vault.key_epoch WHERE epoch > next_epoch)
     OR EXISTS (SELECT FROM vault.key_epoch WHERE closed_at IS NOT NULL AND retired_at IS NULL)
     OR (SELECT count(*) FROM vault.shard_key WHERE epoch = next_epoch) <> 32 THEN
    RETURN false;
  END IF;
  UPDATE vault.key_epoch SET closed_at = now() WHERE opened_at IS NOT NULL AND closed_at IS NULL;
  UPDATE vault.key_epoch SET opened_at = now() WHERE epoch = next_epoch;
  RETURN true;
END $$;

/* Shuts a closed epoch for ever, if nothing lies under it; its keys may then be destroyed. What lies under one
   that is shut already came back from a backup, and keeps nothing: its keys are on their way out. */
CREATE FUNCTION vault.retire_epoch(old_epoch integer) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  PERFORM FROM vault.key_epoch WHERE epoch = old_epoch AND closed_at IS NOT NULL FOR UPDATE;
  IF EXISTS (SELECT FROM vault.key_epoch WHERE epoch = old_epoch AND retired_at IS NOT NULL) THEN
    RETURN true;
  END IF;
  IF NOT FOUND OR EXISTS (SELECT FROM vault.subject_kek WHERE epoch = old_epoch)
     OR EXISTS (SELECT FROM vault.login_index WHERE epoch = old_epoch)
     OR EXISTS (SELECT FROM vault.request_key WHERE epoch = old_epoch) THEN
    RETURN false;
  END IF;
  UPDATE vault.key_epoch SET retired_at = now() WHERE epoch = old_epoch AND retired_at IS NULL;
  RETURN true;
END $$;

REVOKE EXECUTE ON FUNCTION vault.fence_subject, vault.hash_tombstone, vault.open_epoch, vault.retire_epoch
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vault.hash_tombstone TO vault_worker;
GRANT USAGE ON SCHEMA vault TO vault_api, vault_worker, vault_eraser, vault_audit;
GRANT EXECUTE ON FUNCTION vault.fence_subject TO vault_worker, vault_eraser;
GRANT EXECUTE ON FUNCTION vault.open_epoch TO vault_worker;
GRANT EXECUTE ON FUNCTION vault.retire_epoch TO vault_eraser;

-- the driver is chosen by whichever process starts first
GRANT SELECT, INSERT ON vault.key_driver TO vault_api, vault_worker, vault_eraser;
GRANT SELECT ON vault.key_epoch, vault.shard_key TO vault_api, vault_worker, vault_eraser;
GRANT SELECT ON vault.login_key, vault.former_data_key TO vault_api, vault_worker;
GRANT SELECT ON vault.fence TO vault_api, vault_worker, vault_eraser;

GRANT SELECT, INSERT ON vault.subject_key, vault.subject_kek, vault.login_index TO vault_api;
GRANT UPDATE (state, activated_at, wrapped_key) ON vault.subject_key TO vault_api;
-- taking a key locks its row, which needs UPDATE
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.key_reserve TO vault_api, vault_worker;

GRANT SELECT, INSERT, DELETE ON vault.subject_key, vault.login_index TO vault_worker;
GRANT UPDATE (state, activated_at, wrapped_key, key_version) ON vault.subject_key TO vault_worker;
GRANT UPDATE (epoch, digest, wrapped_inner) ON vault.login_index TO vault_worker;
GRANT SELECT, INSERT ON vault.subject_kek TO vault_worker;
GRANT UPDATE (epoch, wrapped_kek) ON vault.subject_kek TO vault_worker;
GRANT INSERT, DELETE, UPDATE (unnamed_since) ON vault.former_data_key TO vault_worker;
GRANT INSERT ON vault.key_epoch, vault.shard_key, vault.login_key TO vault_worker;
GRANT UPDATE (moves_total, moves_done) ON vault.key_epoch TO vault_worker;

GRANT SELECT ON vault.subject_key TO vault_eraser;
GRANT UPDATE (state, destroyed_at, kms_key_arn, kms_key_digest, wrapped_key)
  ON vault.subject_key TO vault_eraser;
GRANT SELECT, DELETE ON vault.login_index, vault.subject_kek, vault.former_data_key TO vault_eraser;
GRANT DELETE ON vault.shard_key TO vault_eraser;
GRANT UPDATE (unusable_at, destroyed_at, root_key_arn, root_key_digest, index_key_arn, index_key_digest)
  ON vault.key_epoch TO vault_eraser;
GRANT SELECT, INSERT, UPDATE ON vault.erasure_ledger TO vault_eraser;
GRANT SELECT ON vault.erasure_ledger TO vault_worker;

GRANT SELECT ON vault.key_driver TO vault_audit;
GRANT SELECT (epoch, made_at, opened_at, closed_at, moves_total, moves_done, retired_at, unusable_at,
    destroyed_at, root_key_digest, index_key_digest)
  ON vault.key_epoch TO vault_audit;
GRANT SELECT (subject_id, state, driver, key_version, reserved_at, activated_at, fenced_at, destroyed_at)
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

-- libs/privacy/src/adapters/sql/vault/30-cohort.sql
ALTER TABLE vault.cohort_key
  ADD CONSTRAINT cohort_key_name_of_purpose CHECK (cohort ~ CASE purpose
    WHEN 'fiscal' THEN '^FISCAL_[a-z][a-z0-9-]{0,39}_[0-9]{4}$'
    WHEN 'retain' THEN '^RETAIN_[a-z]{2}_[a-z][a-z0-9-]{0,39}_[0-9]{4}-[0-9]{2}$'
    WHEN 'hold' THEN '^HOLD_[A-Z]{1,8}-[0-9]{4}-[0-9]{1,6}$' END),
  ADD CONSTRAINT cohort_key_purpose_known CHECK (purpose IN ('fiscal', 'retain', 'hold')),
  ADD CONSTRAINT cohort_key_law_named CHECK (length(law) BETWEEN 1 AND 200),
  -- only a case has no end yet
  ADD CONSTRAINT cohort_key_has_end CHECK (purpose = 'hold' OR ends_on IS NOT NULL),
  ADD CONSTRAINT cohort_key_ends_after_its_end CHECK (unusable_at IS NULL OR ends_on IS NOT NULL),
  ADD CONSTRAINT cohort_key_in_order CHECK (destroyed_at IS NULL OR unusable_at IS NOT NULL),
  ADD CONSTRAINT cohort_key_whole CHECK
    (num_nulls(kms_key_arn, wrapped_key) = CASE WHEN destroyed_at IS NULL THEN 0 ELSE 2 END),
  ADD CONSTRAINT cohort_key_destroyed_keeps_digest CHECK
    ((destroyed_at IS NOT NULL) = (kms_key_digest IS NOT NULL));

-- What the eraser looks through.
CREATE INDEX cohort_key_ending ON vault.cohort_key (ends_on) WHERE destroyed_at IS NULL;

/* A cohort keeps its name, its law and its end: no key goes before the day that the law has set, by the clock
   of the database, and none of them later. A case gets its end once, when it is closed. */
CREATE FUNCTION vault.guard_cohort_key() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.cohort, NEW.purpose, NEW.law, NEW.made_at)
       IS DISTINCT FROM (OLD.cohort, OLD.purpose, OLD.law, OLD.made_at)
     OR (OLD.ends_on IS NOT NULL AND NEW.ends_on IS DISTINCT FROM OLD.ends_on) THEN
    RAISE EXCEPTION 'cohort % stays as it was made', OLD.cohort USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.destroyed_at IS NULL AND (NEW.kms_key_arn, NEW.wrapped_key)
       IS DISTINCT FROM (OLD.kms_key_arn, OLD.wrapped_key) THEN
    RAISE EXCEPTION 'the key of cohort % would be lost', OLD.cohort USING ERRCODE = 'check_violation';
  END IF;
  IF (OLD.unusable_at, OLD.destroyed_at) IS DISTINCT FROM (
       CASE WHEN OLD.unusable_at IS NOT NULL THEN NEW.unusable_at END,
       CASE WHEN OLD.destroyed_at IS NOT NULL THEN NEW.destroyed_at END) THEN
    RAISE EXCEPTION 'what has happened to cohort % stays so', OLD.cohort USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.unusable_at IS NULL AND NEW.unusable_at IS NOT NULL AND OLD.ends_on >= current_date THEN
    RAISE EXCEPTION 'cohort % is kept until %', OLD.cohort, OLD.ends_on USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_cohort_key BEFORE UPDATE OR DELETE ON vault.cohort_key
  FOR EACH ROW EXECUTE FUNCTION vault.guard_cohort_key();

-- the worker makes keys and closes cases, the API uses keys, the eraser alone ends them
GRANT SELECT ON vault.cohort_key TO vault_api, vault_worker, vault_eraser;
GRANT INSERT, UPDATE (ends_on) ON vault.cohort_key TO vault_worker;
GRANT UPDATE (unusable_at, destroyed_at, kms_key_arn, kms_key_digest, wrapped_key)
  ON vault.cohort_key TO vault_eraser;
GRANT SELECT (cohort, purpose, law, ends_on, made_at, unusable_at, destroyed_at, kms_key_digest)
  ON vault.cohort_key TO vault_audit;

-- libs/privacy/src/adapters/sql/vault/30-request-key.sql
-- 61 bytes: format, initialisation vector, tag, and 32 bytes of key
ALTER TABLE vault.request_key
  ADD CONSTRAINT request_key_request_form CHECK (request_id ~ '^[a-z]{3}_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT request_key_epoch_known FOREIGN KEY (epoch) REFERENCES vault.key_epoch (epoch),
  ADD CONSTRAINT request_key_shard_of_request CHECK (shard = get_byte(sha256(request_id::bytea), 0) % 32),
  ADD CONSTRAINT request_key_wrapped CHECK (octet_length(wrapped_key) = 61),
  ADD CONSTRAINT request_key_destroyed_whole CHECK
    (num_nulls(epoch, wrapped_key) = CASE WHEN destroyed_at IS NULL THEN 0 ELSE 2 END);

CREATE TRIGGER guard_open_epoch_insert AFTER INSERT ON vault.request_key
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION vault.guard_open_epoch();

-- It moves to the open epoch, which cannot be closed before this has ended, or it is destroyed; never back.
CREATE FUNCTION vault.guard_request_key_update() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  open_epoch integer;
BEGIN
  IF OLD.destroyed_at IS NOT NULL OR NEW.request_id <> OLD.request_id THEN
    RAISE EXCEPTION 'the key of % is destroyed for good', OLD.request_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.destroyed_at IS NULL THEN
    SELECT epoch INTO open_epoch FROM vault.key_epoch
      WHERE opened_at IS NOT NULL AND closed_at IS NULL FOR SHARE;
    IF NEW.epoch IS DISTINCT FROM open_epoch THEN
      RAISE EXCEPTION 'the key of % is not under the open epoch', OLD.request_id USING ERRCODE = 'PR003';
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_request_key_update BEFORE UPDATE ON vault.request_key
  FOR EACH ROW EXECUTE FUNCTION vault.guard_request_key_update();

GRANT SELECT, INSERT ON vault.request_key TO vault_worker;
GRANT UPDATE (epoch, wrapped_key, destroyed_at) ON vault.request_key TO vault_worker;

-- libs/privacy/src/adapters/sql/vault/40-erasure-evidence.sql
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
