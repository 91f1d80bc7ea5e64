-- Composed by `npm run entrepot -- migrate compose` from the Prisma schema and the owners' SQL files.
-- Edit those, not this file.

-- Nobody gets a right that no owner's file names.
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TYPES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON SCHEMAS FROM PUBLIC;

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "carts";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "cell";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "consents";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "idempotency";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "identity";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "inventory";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "invoices";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "mail";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "messaging";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "orders";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "payments";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "privacy";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "relocation";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "rights";

-- CreateTable
CREATE TABLE "privacy"."erasure_approval" (
    "request_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "role" TEXT NOT NULL,
    "staff_id" TEXT NOT NULL,
    "person" TEXT NOT NULL,
    "plan_digest" TEXT NOT NULL,
    "credential_id" TEXT NOT NULL,
    "public_key" BYTEA NOT NULL,
    "authenticator_data" BYTEA NOT NULL,
    "client_data" BYTEA NOT NULL,
    "signature" BYTEA NOT NULL,
    "assertion_digest" TEXT NOT NULL,
    "signed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "erasure_approval_pkey" PRIMARY KEY ("request_id","version")
);

-- CreateTable
CREATE TABLE "privacy"."identity_code" (
    "request_id" TEXT NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "tries_left" INTEGER NOT NULL,

    CONSTRAINT "identity_code_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "inventory"."audit_scan" (
    "scan" TEXT NOT NULL,
    "low" BIGINT NOT NULL DEFAULT 0,
    "candidate" BIGINT NOT NULL DEFAULT 0,
    "horizon" BIGINT NOT NULL DEFAULT 0,
    "reached" BIGINT NOT NULL DEFAULT 0,
    "cursor" TEXT NOT NULL DEFAULT '',
    "round" INTEGER NOT NULL DEFAULT 1,
    "moved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_scan_pkey" PRIMARY KEY ("scan")
);

-- CreateTable
CREATE TABLE "inventory"."audited_pool" (
    "scan" TEXT NOT NULL,
    "pool_id" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "position" BIGINT NOT NULL,
    "sums" JSONB NOT NULL,
    "is_due" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "audited_pool_pkey" PRIMARY KEY ("scan","pool_id")
);

-- CreateTable
CREATE TABLE "inventory"."audit_finding" (
    "scan" TEXT NOT NULL,
    "pool_id" TEXT NOT NULL,
    "fault" TEXT NOT NULL,
    "figures" JSONB NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "cleared_at" TIMESTAMPTZ(3),

    CONSTRAINT "audit_finding_pkey" PRIMARY KEY ("scan","pool_id","fault")
);

-- CreateTable
CREATE TABLE "inventory"."conservation_vector" (
    "number" BIGINT NOT NULL,
    "body" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "signature" TEXT,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "conservation_vector_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "carts"."cart" (
    "cart_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "owner_kind" TEXT NOT NULL,
    "sales_channel_id" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'open',
    "version" BIGINT NOT NULL DEFAULT 1,
    "merged_into" TEXT,
    "order_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cart_pkey" PRIMARY KEY ("cart_id")
);

-- CreateTable
CREATE TABLE "carts"."cart_line_slot" (
    "cart_id" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    "replica" TEXT NOT NULL,
    "added_seq" BIGINT NOT NULL DEFAULT 0,
    "up" BIGINT NOT NULL DEFAULT 0,
    "down" BIGINT NOT NULL DEFAULT 0,
    "removed_seq" BIGINT NOT NULL DEFAULT 0,
    "removed_up" BIGINT NOT NULL DEFAULT 0,
    "removed_down" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "cart_line_slot_pkey" PRIMARY KEY ("cart_id","sku","replica")
);

-- CreateTable
CREATE TABLE "carts"."cart_replica" (
    "cart_id" TEXT NOT NULL,
    "replica" TEXT NOT NULL,
    "through_seq" BIGINT NOT NULL,

    CONSTRAINT "cart_replica_pkey" PRIMARY KEY ("cart_id","replica")
);

-- CreateTable
CREATE TABLE "carts"."cart_waiting_edit" (
    "cart_id" TEXT NOT NULL,
    "replica" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "op" JSONB NOT NULL,

    CONSTRAINT "cart_waiting_edit_pkey" PRIMARY KEY ("cart_id","replica","seq")
);

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
CREATE TABLE "consents"."entry" (
    "subject_id" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "is_granted" BOOLEAN NOT NULL,
    "text_version" INTEGER NOT NULL,
    "text_hash" BYTEA NOT NULL,
    "locale" TEXT NOT NULL,
    "surface" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "entry_pkey" PRIMARY KEY ("subject_id","purpose","seq")
);

-- CreateTable
CREATE TABLE "consents"."suppression" (
    "digest" BYTEA NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "suppression_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "idempotency"."request" (
    "claim_digest" BYTEA NOT NULL,
    "subject_id" TEXT,
    "operation" TEXT NOT NULL,
    "fingerprint" BYTEA,
    "sealed_fingerprint" TEXT,
    "resource_id" TEXT NOT NULL,
    "touches" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "request_pkey" PRIMARY KEY ("claim_digest")
);

-- CreateTable
CREATE TABLE "identity"."account" (
    "account_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "full_name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "residence" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("account_id")
);

-- CreateTable
CREATE TABLE "identity"."address" (
    "address_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "address_pkey" PRIMARY KEY ("address_id")
);

-- CreateTable
CREATE TABLE "identity"."staff" (
    "staff_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "full_name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "staff_pkey" PRIMARY KEY ("staff_id")
);

-- CreateTable
CREATE TABLE "identity"."staff_role" (
    "staff_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "granted_by" TEXT,
    "granted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "staff_role_pkey" PRIMARY KEY ("staff_id","role")
);

-- CreateTable
CREATE TABLE "identity"."session" (
    "session_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "holder_kind" TEXT NOT NULL,
    "holder_id" TEXT NOT NULL,
    "handle_hash" BYTEA NOT NULL,
    "family_hash" BYTEA NOT NULL,
    "refresh_hash" BYTEA NOT NULL,
    "refresh_generation" INTEGER NOT NULL DEFAULT 1,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("session_id")
);

-- CreateTable
CREATE TABLE "inventory"."stock_pool" (
    "pool_id" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    "warehouse" TEXT NOT NULL,
    "home_cell" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stock_pool_pkey" PRIMARY KEY ("pool_id")
);

-- CreateTable
CREATE TABLE "inventory"."escrow" (
    "pool_id" TEXT NOT NULL,
    "stripe" SMALLINT NOT NULL DEFAULT 0,
    "minted" BIGINT NOT NULL DEFAULT 0,
    "applied" BIGINT NOT NULL DEFAULT 0,
    "free" BIGINT NOT NULL DEFAULT 0,
    "held" BIGINT NOT NULL DEFAULT 0,
    "sold" BIGINT NOT NULL DEFAULT 0,
    "shipped" BIGINT NOT NULL DEFAULT 0,
    "granted" BIGINT NOT NULL DEFAULT 0,
    "written_off" BIGINT NOT NULL DEFAULT 0,
    "credits" BIGINT NOT NULL DEFAULT 0,
    "deficit" BIGINT NOT NULL DEFAULT 0,
    "safety" BIGINT NOT NULL DEFAULT 0,
    "quarantine" BIGINT NOT NULL DEFAULT 0,
    "suspense" BIGINT NOT NULL DEFAULT 0,
    "transferred" BIGINT NOT NULL DEFAULT 0,
    "dispatched" BIGINT NOT NULL DEFAULT 0,
    "documents" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "escrow_pkey" PRIMARY KEY ("pool_id","stripe")
);

-- CreateTable
CREATE TABLE "inventory"."quota_channel" (
    "pool_id" TEXT NOT NULL,
    "peer" TEXT NOT NULL,
    "granted_total" BIGINT NOT NULL DEFAULT 0,
    "applied_total" BIGINT NOT NULL DEFAULT 0,
    "peer_acked_total" BIGINT NOT NULL DEFAULT 0,
    "grants" INTEGER NOT NULL DEFAULT 0,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "quota_channel_pkey" PRIMARY KEY ("pool_id","peer")
);

-- CreateTable
CREATE TABLE "inventory"."reservation" (
    "reservation_id" UUID NOT NULL,
    "pool_id" TEXT NOT NULL,
    "stripe" SMALLINT NOT NULL DEFAULT 0,
    "order_id" TEXT NOT NULL,
    "quantity" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "held_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reservation_pkey" PRIMARY KEY ("reservation_id")
);

-- CreateTable
CREATE TABLE "inventory"."stock_document" (
    "document_id" UUID NOT NULL,
    "pool_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "place" TEXT,
    "quantity" BIGINT NOT NULL,
    "position" BIGINT,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stock_document_pkey" PRIMARY KEY ("document_id")
);

-- CreateTable
CREATE TABLE "inventory"."escrow_journal" (
    "seq" BIGSERIAL NOT NULL,
    "pool_id" TEXT NOT NULL,
    "movement" TEXT NOT NULL,
    "quantity" BIGINT NOT NULL,
    "reference" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "escrow_journal_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "inventory"."stock_refusal" (
    "seq" BIGSERIAL NOT NULL,
    "pool_id" TEXT NOT NULL,
    "quantity" BIGINT NOT NULL,
    "available" BIGINT NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "ended_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "stock_refusal_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "inventory"."cell_epoch" (
    "cell" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL DEFAULT 1,
    "state" TEXT NOT NULL DEFAULT 'ACTIVE',
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cell_epoch_pkey" PRIMARY KEY ("cell")
);

-- CreateTable
CREATE TABLE "inventory"."peer_epoch" (
    "peer" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "heard_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "peer_epoch_pkey" PRIMARY KEY ("peer")
);

-- CreateTable
CREATE TABLE "inventory"."recovery" (
    "epoch" INTEGER NOT NULL,
    "starts_after" BIGINT NOT NULL,
    "mends_epoch" INTEGER NOT NULL,
    "mends_after" BIGINT NOT NULL,
    "begun_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "remembered_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "recovery_pkey" PRIMARY KEY ("epoch")
);

-- CreateTable
CREATE TABLE "inventory"."witness_relay" (
    "only_row" BOOLEAN NOT NULL,
    "told_place" BIGINT NOT NULL DEFAULT 0,
    "fencing_token" BIGINT NOT NULL DEFAULT 0,
    "lease_expires_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "witness_relay_pkey" PRIMARY KEY ("only_row")
);

-- CreateTable
CREATE TABLE "invoices"."invoice" (
    "invoice_id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "legal_entity" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "issued_on" DATE NOT NULL,
    "cohort" TEXT NOT NULL,
    "keep_until" DATE NOT NULL,
    "names_buyer" BOOLEAN NOT NULL,
    "content" TEXT NOT NULL,
    "written_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invoice_pkey" PRIMARY KEY ("invoice_id")
);

-- CreateTable
CREATE TABLE "mail"."sent" (
    "reference" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sent_pkey" PRIMARY KEY ("reference")
);

-- CreateTable
CREATE TABLE "messaging"."outbox" (
    "id" BIGSERIAL NOT NULL,
    "xid" xid8 NOT NULL DEFAULT GREATEST(pg_current_xact_id(), (((((pg_snapshot_xmax(pg_current_snapshot()))::text)::bigint - 1))::text)::xid8),
    "scope" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "record_key" TEXT NOT NULL,
    "aggregate_version" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "messaging"."relay" (
    "scope" TEXT NOT NULL,
    "fencing_token" BIGINT NOT NULL DEFAULT 0,
    "lease_expires_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "cursor_xid" xid8 NOT NULL DEFAULT '0'::xid8,
    "cursor_id" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "relay_pkey" PRIMARY KEY ("scope")
);

-- CreateTable
CREATE TABLE "messaging"."inbox" (
    "consumer" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer","event_id")
);

-- CreateTable
CREATE TABLE "messaging"."stream_position" (
    "consumer" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "record_key" TEXT NOT NULL,
    "version" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "stream_position_pkey" PRIMARY KEY ("consumer","topic","record_key")
);

-- CreateTable
CREATE TABLE "messaging"."dead_letter" (
    "id" BIGSERIAL NOT NULL,
    "consumer" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "record_offset" BIGINT NOT NULL,
    "event_id" TEXT,
    "record_key" TEXT,
    "aggregate_version" BIGINT,
    "type" TEXT,
    "code" TEXT NOT NULL,
    "envelope" TEXT,
    "attempts" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'parked',
    "parked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "messaging"."peer_health" (
    "cell" TEXT NOT NULL,
    "heard_sequence" BIGINT NOT NULL DEFAULT 0,
    "heard_sent_at" TIMESTAMPTZ(3),
    "heard_at" TIMESTAMPTZ(3),
    "answer_sequence" BIGINT NOT NULL DEFAULT 0,
    "echo_sequence" BIGINT NOT NULL DEFAULT 0,
    "echo_sent_at" TIMESTAMPTZ(3),
    "echoed_at" TIMESTAMPTZ(3),

    CONSTRAINT "peer_health_pkey" PRIMARY KEY ("cell")
);

-- CreateTable
CREATE TABLE "messaging"."heartbeat" (
    "only_row" BOOLEAN NOT NULL DEFAULT true,
    "sequence" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "heartbeat_pkey" PRIMARY KEY ("only_row")
);

-- CreateTable
CREATE TABLE "orders"."order" (
    "order_id" TEXT NOT NULL,
    "subject_id" TEXT,
    "sales_channel_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "cart_id" TEXT,
    "status" TEXT NOT NULL,
    "on_shortage" TEXT NOT NULL,
    "reserve_round" INTEGER NOT NULL DEFAULT 1,
    "has_round_ended" BOOLEAN NOT NULL DEFAULT false,
    "payment_attempt" INTEGER NOT NULL DEFAULT 1,
    "fencing_token" BIGINT NOT NULL DEFAULT 1,
    "lease_until" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "total_minor" BIGINT NOT NULL,
    "tax_minor" BIGINT NOT NULL,
    "address" TEXT,
    "payment_method" TEXT NOT NULL,
    "payment_token" TEXT,
    "action_until" TIMESTAMPTZ(3),
    "refusal_code" TEXT,
    "placed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "confirmed_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "order_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "orders"."order_line" (
    "order_id" TEXT NOT NULL,
    "line_number" INTEGER NOT NULL,
    "sku" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "unit_price_minor" BIGINT NOT NULL,
    "tax_rate_basis_points" INTEGER NOT NULL,
    "tax_minor" BIGINT NOT NULL,
    "price_version" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'ordered',
    "shortage_reason" TEXT,
    "available_quantity" INTEGER,

    CONSTRAINT "order_line_pkey" PRIMARY KEY ("order_id","line_number")
);

-- CreateTable
CREATE TABLE "orders"."order_recipient" (
    "order_id" TEXT NOT NULL,
    "subject_id" TEXT,
    "address" TEXT,
    "message" TEXT,

    CONSTRAINT "order_recipient_pkey" PRIMARY KEY ("order_id")
);

-- CreateTable
CREATE TABLE "identity"."passkey" (
    "credential_id" TEXT NOT NULL,
    "staff_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "public_key" BYTEA NOT NULL,
    "counter" BIGINT NOT NULL DEFAULT 0,
    "is_demo" BOOLEAN NOT NULL DEFAULT false,
    "vouched_by" TEXT,
    "vouching_authenticator_data" BYTEA,
    "vouching_client_data" BYTEA,
    "vouching_signature" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "passkey_pkey" PRIMARY KEY ("credential_id")
);

-- CreateTable
CREATE TABLE "identity"."role_grant" (
    "grant_id" TEXT NOT NULL,
    "staff_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "proposed_by" TEXT NOT NULL,
    "proposed_by_person" TEXT NOT NULL,
    "proposed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "confirmed_by" TEXT,
    "confirmed_by_person" TEXT,
    "confirmed_at" TIMESTAMPTZ(3),
    "assertion_digest" TEXT,

    CONSTRAINT "role_grant_pkey" PRIMARY KEY ("grant_id")
);

-- CreateTable
CREATE TABLE "identity"."staff_act" (
    "subject_id" TEXT NOT NULL,
    "done_by" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "staff_act_pkey" PRIMARY KEY ("subject_id","done_by","kind","at")
);

-- CreateTable
CREATE TABLE "payments"."payment" (
    "payment_id" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "subject_id" TEXT,
    "provider" TEXT NOT NULL,
    "provider_reference" TEXT,
    "method" TEXT NOT NULL,
    "method_token" TEXT,
    "action_url" TEXT,
    "currency" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "tax_minor" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "decline_code" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "has_late_news" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payment_pkey" PRIMARY KEY ("payment_id")
);

-- CreateTable
CREATE TABLE "payments"."provider_event" (
    "provider" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "payment_id" TEXT,
    "amount_minor" BIGINT,
    "currency" TEXT,
    "state" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provider_event_pkey" PRIMARY KEY ("provider","event_id")
);

-- CreateTable
CREATE TABLE "payments"."journal" (
    "journal_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "posted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "posted_in" xid8 NOT NULL DEFAULT pg_current_xact_id(),

    CONSTRAINT "journal_pkey" PRIMARY KEY ("journal_id")
);

-- CreateTable
CREATE TABLE "payments"."ledger_entry" (
    "journal_id" UUID NOT NULL,
    "line_number" INTEGER NOT NULL,
    "account" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,

    CONSTRAINT "ledger_entry_pkey" PRIMARY KEY ("journal_id","line_number")
);

-- CreateTable
CREATE TABLE "inventory"."peer_report" (
    "pool_id" TEXT NOT NULL,
    "peer" TEXT NOT NULL,
    "free" BIGINT NOT NULL,
    "granted_total" BIGINT NOT NULL,
    "heard_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "peer_report_pkey" PRIMARY KEY ("pool_id","peer")
);

-- CreateTable
CREATE TABLE "privacy"."subject" (
    "subject_id" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'active',
    "restricted_for_erasure_at" TIMESTAMPTZ(3),
    "restricted_by_staff_at" TIMESTAMPTZ(3),
    "restricted_by" TEXT,
    "admitted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "fenced_at" TIMESTAMPTZ(3),
    "erased_at" TIMESTAMPTZ(3),

    CONSTRAINT "subject_pkey" PRIMARY KEY ("subject_id")
);

-- CreateTable
CREATE TABLE "privacy"."erasure_request" (
    "request_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'received',
    "version" INTEGER NOT NULL DEFAULT 1,
    "requested_by" TEXT,
    "requested_by_person" TEXT,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "extended_to" TIMESTAMPTZ(3),
    "identity" TEXT,
    "plan" TEXT,
    "plan_digest" TEXT,
    "keeps_something" BOOLEAN NOT NULL DEFAULT false,
    "needs_extract" BOOLEAN NOT NULL DEFAULT false,
    "confirmed_digest" TEXT,
    "confirmed_at" TIMESTAMPTZ(3),
    "approved_by" TEXT,
    "approved_by_person" TEXT,
    "approved_digest" TEXT,
    "approved_at" TIMESTAMPTZ(3),
    "cooling_off_until" TIMESTAMPTZ(3),
    "committed_at" TIMESTAMPTZ(3),
    "fenced_at" TIMESTAMPTZ(3),
    "drained_at" TIMESTAMPTZ(3),
    "key_unusable_at" TIMESTAMPTZ(3),
    "purged_at" TIMESTAMPTZ(3),
    "key_destroyed_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "resumes_to" TEXT,
    "failed_step" TEXT,
    "failure_code" TEXT,
    "duplicate_of" TEXT,

    CONSTRAINT "erasure_request_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "privacy"."erasure_step" (
    "request_id" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "store" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "matched" INTEGER NOT NULL DEFAULT 0,
    "deleted" INTEGER NOT NULL DEFAULT 0,
    "left_count" INTEGER NOT NULL DEFAULT 0,
    "left_reason" TEXT,
    "evidence_digest" TEXT,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "erasure_step_pkey" PRIMARY KEY ("request_id","step","store")
);

-- CreateTable
CREATE TABLE "privacy"."restored_erasure" (
    "subject_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "ordered_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "purged_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "restored_erasure_pkey" PRIMARY KEY ("subject_id")
);

-- CreateTable
CREATE TABLE "privacy"."erasure_event" (
    "request_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "action" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "detail" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "prev_hash" BYTEA,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "erasure_event_pkey" PRIMARY KEY ("request_id","seq")
);

-- CreateTable
CREATE TABLE "privacy"."erasure_certificate" (
    "request_id" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "signature" BYTEA,
    "key_arn" TEXT,
    "public_key" BYTEA,

    CONSTRAINT "erasure_certificate_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "privacy"."key_holder" (
    "process_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "fence_seq" BIGINT NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "key_holder_pkey" PRIMARY KEY ("process_id")
);

-- CreateTable
CREATE TABLE "privacy"."recipient_notice" (
    "request_id" TEXT NOT NULL,
    "processor" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "reference" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'prepared',
    "identities" INTEGER NOT NULL,
    "sealed" BYTEA,
    "prepared_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),
    "answer" BYTEA,
    "signature" BYTEA,
    "signer_digest" TEXT,

    CONSTRAINT "recipient_notice_pkey" PRIMARY KEY ("request_id","processor")
);

-- CreateTable
CREATE TABLE "privacy"."request_contact" (
    "request_id" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "sealed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "request_contact_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "privacy"."request_trace" (
    "request_id" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "sealed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "request_trace_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "relocation"."departure" (
    "relocation_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "to_cell" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'issued',
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),
    "erasure_request_id" TEXT,

    CONSTRAINT "departure_pkey" PRIMARY KEY ("relocation_id")
);

-- CreateTable
CREATE TABLE "relocation"."arrival" (
    "packet_id" TEXT NOT NULL,
    "from_cell" TEXT NOT NULL,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "arrival_pkey" PRIMARY KEY ("packet_id")
);

-- CreateTable
CREATE TABLE "privacy"."legal_hold" (
    "hold_id" TEXT NOT NULL,
    "subject_id" TEXT,
    "category" TEXT NOT NULL,
    "case_reference" TEXT NOT NULL,
    "opened_by" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "released_by" TEXT,
    "released_at" TIMESTAMPTZ(3),

    CONSTRAINT "legal_hold_pkey" PRIMARY KEY ("hold_id")
);

-- CreateTable
CREATE TABLE "privacy"."retained_field" (
    "field_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "store" TEXT NOT NULL,
    "field" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "category" TEXT NOT NULL,
    "law" TEXT NOT NULL,
    "cohort" TEXT NOT NULL,
    "keep_until" DATE,
    "content" TEXT NOT NULL,
    "kept_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "retained_field_pkey" PRIMARY KEY ("field_id")
);

-- CreateTable
CREATE TABLE "privacy"."record_reading" (
    "reading_id" BIGSERIAL NOT NULL,
    "reader" TEXT NOT NULL,
    "store" TEXT NOT NULL,
    "record" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "read_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "record_reading_pkey" PRIMARY KEY ("reading_id")
);

-- CreateTable
CREATE TABLE "rights"."request" (
    "request_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "requested_by" TEXT,
    "purpose" TEXT,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "extended_to" TIMESTAMPTZ(3),
    "answered_at" TIMESTAMPTZ(3),
    "told_at" TIMESTAMPTZ(3),

    CONSTRAINT "request_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "rights"."export" (
    "request_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'requested',
    "passphrase" TEXT,
    "link" TEXT,
    "archive" TEXT,
    "token_hash" BYTEA NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "made_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "downloaded_at" TIMESTAMPTZ(3),

    CONSTRAINT "export_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "rights"."grievance" (
    "request_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "answer" TEXT,
    "answered_by" TEXT,

    CONSTRAINT "grievance_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "rights"."nominee" (
    "nominee_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "place" SMALLINT NOT NULL,
    "content" TEXT NOT NULL,
    "named_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heard_at" TIMESTAMPTZ(3),
    "heard_by" TEXT,
    "evidence" TEXT,

    CONSTRAINT "nominee_pkey" PRIMARY KEY ("nominee_id")
);

-- CreateTable
CREATE TABLE "privacy"."access_log" (
    "entry_id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "subject_id" TEXT NOT NULL,
    "staff_id" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "access_log_pkey" PRIMARY KEY ("entry_id")
);

-- CreateTable
CREATE TABLE "inventory"."lost_cell" (
    "declaration_id" UUID NOT NULL,
    "peer" TEXT NOT NULL,
    "fence" TEXT NOT NULL,
    "proposed_by" TEXT NOT NULL,
    "proposed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "approved_by" TEXT,
    "approved_at" TIMESTAMPTZ(3),
    "closed_below" INTEGER,
    "returned_at" TIMESTAMPTZ(3),

    CONSTRAINT "lost_cell_pkey" PRIMARY KEY ("declaration_id")
);

-- CreateTable
CREATE TABLE "inventory"."lost_cell_claim" (
    "declaration_id" UUID NOT NULL,
    "pool_id" TEXT NOT NULL,
    "quantity" BIGINT NOT NULL,
    "applied_then" BIGINT,

    CONSTRAINT "lost_cell_claim_pkey" PRIMARY KEY ("declaration_id","pool_id")
);

-- CreateTable
CREATE TABLE "inventory"."recovery_case" (
    "seq" BIGSERIAL NOT NULL,
    "epoch" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "pool_id" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "quantity" BIGINT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decision" TEXT,
    "decided_by" TEXT,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "recovery_case_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "inventory"."warehouse_act" (
    "seq" BIGSERIAL NOT NULL,
    "document_id" UUID NOT NULL,
    "warehouse" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "staff_id" TEXT NOT NULL,
    "lines" JSONB NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "warehouse_act_pkey" PRIMARY KEY ("seq")
);

-- CreateIndex
CREATE UNIQUE INDEX "erasure_approval_assertion_digest_key" ON "privacy"."erasure_approval"("assertion_digest");

-- CreateIndex
CREATE INDEX "erasure_approval_person_idx" ON "privacy"."erasure_approval"("person");

-- CreateIndex
CREATE INDEX "cart_subject_id_status_idx" ON "carts"."cart"("subject_id", "status");

-- CreateIndex
CREATE INDEX "request_subject_id_idx" ON "idempotency"."request"("subject_id");

-- CreateIndex
CREATE INDEX "request_created_at_idx" ON "idempotency"."request"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "account_subject_id_key" ON "identity"."account"("subject_id");

-- CreateIndex
CREATE INDEX "address_subject_id_created_at_address_id_idx" ON "identity"."address"("subject_id", "created_at", "address_id");

-- CreateIndex
CREATE UNIQUE INDEX "staff_subject_id_key" ON "identity"."staff"("subject_id");

-- CreateIndex
CREATE UNIQUE INDEX "session_handle_hash_key" ON "identity"."session"("handle_hash");

-- CreateIndex
CREATE UNIQUE INDEX "session_family_hash_key" ON "identity"."session"("family_hash");

-- CreateIndex
CREATE INDEX "session_subject_id_idx" ON "identity"."session"("subject_id");

-- CreateIndex
CREATE INDEX "session_expires_at_idx" ON "identity"."session"("expires_at");

-- CreateIndex
CREATE INDEX "stock_pool_sku_idx" ON "inventory"."stock_pool"("sku");

-- CreateIndex
CREATE UNIQUE INDEX "invoice_order_id_key" ON "invoices"."invoice"("order_id");

-- CreateIndex
CREATE INDEX "invoice_cohort_idx" ON "invoices"."invoice"("cohort");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_event_id_key" ON "messaging"."outbox"("event_id");

-- CreateIndex
CREATE INDEX "outbox_scope_xid_id_idx" ON "messaging"."outbox"("scope", "xid", "id");

-- CreateIndex
CREATE INDEX "outbox_created_at_idx" ON "messaging"."outbox"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_topic_record_key_aggregate_version_key" ON "messaging"."outbox"("topic", "record_key", "aggregate_version");

-- CreateIndex
CREATE INDEX "inbox_received_at_idx" ON "messaging"."inbox"("received_at");

-- CreateIndex
CREATE INDEX "dead_letter_consumer_topic_record_key_aggregate_version_idx" ON "messaging"."dead_letter"("consumer", "topic", "record_key", "aggregate_version");

-- CreateIndex
CREATE INDEX "dead_letter_state_consumer_idx" ON "messaging"."dead_letter"("state", "consumer");

-- CreateIndex
CREATE UNIQUE INDEX "dead_letter_consumer_topic_partition_record_offset_key" ON "messaging"."dead_letter"("consumer", "topic", "partition", "record_offset");

-- CreateIndex
CREATE INDEX "order_subject_id_placed_at_order_id_idx" ON "orders"."order"("subject_id", "placed_at" DESC, "order_id");

-- CreateIndex
CREATE UNIQUE INDEX "order_recipient_subject_id_key" ON "orders"."order_recipient"("subject_id");

-- CreateIndex
CREATE UNIQUE INDEX "passkey_public_key_key" ON "identity"."passkey"("public_key");

-- CreateIndex
CREATE INDEX "passkey_staff_id_idx" ON "identity"."passkey"("staff_id");

-- CreateIndex
CREATE INDEX "passkey_subject_id_idx" ON "identity"."passkey"("subject_id");

-- CreateIndex
CREATE UNIQUE INDEX "role_grant_assertion_digest_key" ON "identity"."role_grant"("assertion_digest");

-- CreateIndex
CREATE INDEX "role_grant_subject_id_idx" ON "identity"."role_grant"("subject_id");

-- CreateIndex
CREATE INDEX "payment_subject_id_idx" ON "payments"."payment"("subject_id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_order_id_attempt_key" ON "payments"."payment"("order_id", "attempt");

-- CreateIndex
CREATE INDEX "provider_event_payment_id_idx" ON "payments"."provider_event"("payment_id");

-- CreateIndex
CREATE INDEX "erasure_request_subject_id_idx" ON "privacy"."erasure_request"("subject_id");

-- CreateIndex
CREATE INDEX "erasure_request_requested_at_request_id_idx" ON "privacy"."erasure_request"("requested_at", "request_id");

-- CreateIndex
CREATE UNIQUE INDEX "recipient_notice_reference_key" ON "privacy"."recipient_notice"("reference");

-- CreateIndex
CREATE INDEX "departure_subject_id_idx" ON "relocation"."departure"("subject_id");

-- CreateIndex
CREATE INDEX "arrival_expires_at_idx" ON "relocation"."arrival"("expires_at");

-- CreateIndex
CREATE INDEX "legal_hold_subject_id_idx" ON "privacy"."legal_hold"("subject_id");

-- CreateIndex
CREATE INDEX "legal_hold_case_reference_idx" ON "privacy"."legal_hold"("case_reference");

-- CreateIndex
CREATE INDEX "retained_field_cohort_idx" ON "privacy"."retained_field"("cohort");

-- CreateIndex
CREATE UNIQUE INDEX "retained_field_request_id_cohort_store_field_ordinal_key" ON "privacy"."retained_field"("request_id", "cohort", "store", "field", "ordinal");

-- CreateIndex
CREATE INDEX "record_reading_record_idx" ON "privacy"."record_reading"("record");

-- CreateIndex
CREATE INDEX "request_subject_id_idx" ON "rights"."request"("subject_id");

-- CreateIndex
CREATE INDEX "request_requested_at_idx" ON "rights"."request"("requested_at");

-- CreateIndex
CREATE UNIQUE INDEX "export_token_hash_key" ON "rights"."export"("token_hash");

-- CreateIndex
CREATE INDEX "export_subject_id_idx" ON "rights"."export"("subject_id");

-- CreateIndex
CREATE INDEX "export_status_expires_at_idx" ON "rights"."export"("status", "expires_at");

-- CreateIndex
CREATE INDEX "grievance_subject_id_idx" ON "rights"."grievance"("subject_id");

-- CreateIndex
CREATE UNIQUE INDEX "nominee_subject_id_place_key" ON "rights"."nominee"("subject_id", "place");

-- CreateIndex
CREATE INDEX "access_log_subject_id_at_idx" ON "privacy"."access_log"("subject_id", "at");

-- CreateIndex
CREATE INDEX "access_log_at_idx" ON "privacy"."access_log"("at");

-- CreateIndex
CREATE INDEX "warehouse_act_warehouse_seq_idx" ON "inventory"."warehouse_act"("warehouse", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "warehouse_act_document_id_warehouse_key" ON "inventory"."warehouse_act"("document_id", "warehouse");

-- AddForeignKey
ALTER TABLE "carts"."cart_line_slot" ADD CONSTRAINT "cart_line_slot_cart_id_fkey" FOREIGN KEY ("cart_id") REFERENCES "carts"."cart"("cart_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "carts"."cart_replica" ADD CONSTRAINT "cart_replica_cart_id_fkey" FOREIGN KEY ("cart_id") REFERENCES "carts"."cart"("cart_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "carts"."cart_waiting_edit" ADD CONSTRAINT "cart_waiting_edit_cart_id_fkey" FOREIGN KEY ("cart_id") REFERENCES "carts"."cart"("cart_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "identity"."staff_role" ADD CONSTRAINT "staff_role_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "identity"."staff"("staff_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "orders"."order_line" ADD CONSTRAINT "order_line_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"."order"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "orders"."order_recipient" ADD CONSTRAINT "order_recipient_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "orders"."order"("order_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payments"."journal" ADD CONSTRAINT "journal_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payments"."payment"("payment_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payments"."ledger_entry" ADD CONSTRAINT "ledger_entry_journal_id_fkey" FOREIGN KEY ("journal_id") REFERENCES "payments"."journal"("journal_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "privacy"."erasure_step" ADD CONSTRAINT "erasure_step_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "privacy"."erasure_request"("request_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "privacy"."erasure_event" ADD CONSTRAINT "erasure_event_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "privacy"."erasure_request"("request_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "privacy"."erasure_certificate" ADD CONSTRAINT "erasure_certificate_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "privacy"."erasure_request"("request_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rights"."export" ADD CONSTRAINT "export_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "rights"."request"("request_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rights"."grievance" ADD CONSTRAINT "grievance_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "rights"."request"("request_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- libs/platform/database/src/adapters/sql/shop/00-cell.sql
-- The marker row is written once, by the owner; everyone may compare it with what they were told.
ALTER TABLE cell.identity
  ADD CONSTRAINT identity_is_one_row CHECK (only_row),
  ADD CONSTRAINT identity_cell_shape CHECK (cell ~ '^[a-z]{2}-[1-9][0-9]{0,2}$'),
  ADD CONSTRAINT identity_region_shape CHECK (region = left(cell, 2));

GRANT USAGE ON SCHEMA cell TO shop_api, shop_worker, shop_border, shop_audit;
GRANT SELECT ON cell.identity TO shop_api, shop_worker, shop_border, shop_audit;

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

GRANT SELECT ON cell.quarantine TO shop_api, shop_worker, shop_border, shop_audit;

-- Who streams from here may be seen only by roles that read all statistics, as the owner does: a process
-- learns one number. NULL where no synchronous standby streams; of several that can acknowledge a commit
-- the nearest counts.
CREATE FUNCTION cell.standby_lag_bytes() RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT greatest(0, min(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), flush_lsn)))::bigint
    FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum') HAVING count(flush_lsn) > 0
$$;
REVOKE EXECUTE ON FUNCTION cell.standby_lag_bytes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cell.standby_lag_bytes TO shop_api, shop_worker, shop_border;

-- libs/platform/messaging/src/adapters/sql/shop/00-messaging.sql
ALTER TABLE messaging.outbox
  ADD CONSTRAINT outbox_scope CHECK (scope IN ('local', 'global')),
  ADD CONSTRAINT outbox_topic CHECK (topic LIKE scope || '.%.v%'),
  ADD CONSTRAINT outbox_key CHECK (record_key <> '' AND length(record_key) <= 256),
  ADD CONSTRAINT outbox_versions CHECK (aggregate_version >= 1 AND version >= 1);
ALTER TABLE messaging.relay
  ADD CONSTRAINT relay_scope CHECK (scope IN ('local', 'global'));
ALTER TABLE messaging.dead_letter
  ADD CONSTRAINT dead_letter_state
    CHECK (state IN ('parked', 'redrive', 'resolved', 'discarded')),
  ADD CONSTRAINT dead_letter_code CHECK (code ~ '^[A-Z][A-Z0-9_]*$'),
  ADD CONSTRAINT dead_letter_attempts CHECK (attempts >= 0);
ALTER TABLE messaging.heartbeat ADD CONSTRAINT heartbeat_is_one_row CHECK (only_row);

INSERT INTO messaging.relay (scope) VALUES ('local'), ('global');
INSERT INTO messaging.heartbeat (only_row) VALUES (true);

-- Decides about one event of one key, and takes it in if it may be. The row of the key is locked before
-- the inbox is read, so two deliveries of a key wait for each other. Versions that were skipped are
-- refused only where the consumer needs every one.
CREATE FUNCTION messaging.accept(
  p_consumer text, p_topic text, p_key text, p_version bigint, p_event_id text, p_contiguous boolean
) RETURNS text LANGUAGE plpgsql SET search_path = messaging, pg_catalog AS $$
DECLARE
  v_last bigint;
BEGIN
  INSERT INTO stream_position (consumer, topic, record_key)
    VALUES (p_consumer, p_topic, p_key) ON CONFLICT DO NOTHING;
  SELECT version INTO v_last FROM stream_position
    WHERE consumer = p_consumer AND topic = p_topic AND record_key = p_key FOR UPDATE;
  IF EXISTS (SELECT FROM inbox WHERE consumer = p_consumer AND event_id = p_event_id) THEN
    RETURN 'DUPLICATE';
  ELSIF p_version <= v_last THEN
    RETURN 'VERSION_INVERTED';
  ELSIF EXISTS (
    SELECT FROM dead_letter
      WHERE consumer = p_consumer AND topic = p_topic AND record_key = p_key
        AND aggregate_version < p_version AND state IN ('parked', 'redrive')
        AND code <> 'VERSION_INVERTED'
  ) THEN
    RETURN 'KEY_BLOCKED';
  ELSIF p_contiguous AND p_version <> v_last + 1 THEN
    RETURN 'VERSION_GAP';
  END IF;
  UPDATE stream_position SET version = p_version
    WHERE consumer = p_consumer AND topic = p_topic AND record_key = p_key;
  INSERT INTO inbox (consumer, event_id) VALUES (p_consumer, p_event_id);
  RETURN 'ACCEPTED';
END $$;
REVOKE EXECUTE ON FUNCTION messaging.accept FROM PUBLIC;

GRANT USAGE ON SCHEMA messaging TO shop_api, shop_worker, shop_border, shop_audit;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA messaging TO shop_api, shop_worker, shop_border;
GRANT INSERT ON messaging.outbox TO shop_api, shop_worker, shop_border;
GRANT SELECT ON messaging.outbox TO shop_worker, shop_border;
-- How long the oldest event waits, and nothing of what it says.
GRANT SELECT (scope, xid, id, created_at) ON messaging.outbox TO shop_api;
GRANT SELECT (scope, cursor_xid, cursor_id) ON messaging.relay TO shop_api;
GRANT DELETE ON messaging.outbox, messaging.inbox TO shop_worker;
GRANT SELECT, UPDATE ON messaging.relay TO shop_worker, shop_border;
GRANT SELECT, INSERT ON messaging.inbox TO shop_worker, shop_border;
GRANT SELECT, INSERT, UPDATE ON messaging.stream_position, messaging.dead_letter
  TO shop_worker, shop_border;
GRANT EXECUTE ON FUNCTION messaging.accept TO shop_worker, shop_border;
GRANT SELECT ON messaging.peer_health TO shop_api, shop_worker;
GRANT SELECT, INSERT, UPDATE ON messaging.peer_health TO shop_border;
GRANT SELECT, UPDATE ON messaging.heartbeat TO shop_border;
GRANT SELECT ON messaging.relay, messaging.inbox, messaging.stream_position TO shop_audit;
GRANT SELECT (id, consumer, topic, partition, record_offset, type, code, attempts, state, parked_at,
  changed_at) ON messaging.dead_letter TO shop_audit;
GRANT SELECT (id, xid, scope, topic, type, version, created_at) ON messaging.outbox TO shop_audit;

-- The border process talks to strangers: of the outbox it sees only what is meant for them.
ALTER TABLE messaging.outbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY outbox_all ON messaging.outbox TO shop_api, shop_worker, shop_audit
  USING (true) WITH CHECK (true);
CREATE POLICY outbox_crossing ON messaging.outbox TO shop_border
  USING (scope = 'global') WITH CHECK (scope = 'global');

-- libs/platform/idempotency/src/adapters/sql/shop/10-idempotency.sql
ALTER TABLE idempotency.request
  ADD CONSTRAINT request_claim_digest_is_sha256 CHECK (length(claim_digest) = 32),
  ADD CONSTRAINT request_fingerprint_is_sha256 CHECK (length(fingerprint) = 32),
  ADD CONSTRAINT request_sealed_fingerprint_is_ciphertext CHECK (sealed_fingerprint LIKE 'v1|%'),
  ADD CONSTRAINT request_fingerprint_once CHECK (num_nonnulls(fingerprint, sealed_fingerprint) = 1),
  ADD CONSTRAINT request_of_a_person_sealed CHECK ((subject_id IS NULL) = (sealed_fingerprint IS NULL)),
  ADD CONSTRAINT request_subject_form CHECK (subject_id ~ '^sub_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT request_operation_form CHECK (operation ~ '^[A-Z]{3,7} /[a-zA-Z0-9/:._{}-]{1,100}$'),
  ADD CONSTRAINT request_resource_form CHECK (resource_id ~ '^[a-z]{3}_([a-z]{2}-[0-9]+_)?[0-9a-z]{26}$'),
  ADD CONSTRAINT request_touches_counted CHECK (touches >= 0);

-- A claim names one request for good: what was asked and what came of it never change.
CREATE FUNCTION idempotency.guard_request_update() RETURNS trigger
  LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF (NEW.claim_digest, NEW.subject_id, NEW.operation, NEW.fingerprint, NEW.sealed_fingerprint,
      NEW.resource_id, NEW.created_at)
     IS DISTINCT FROM
     (OLD.claim_digest, OLD.subject_id, OLD.operation, OLD.fingerprint, OLD.sealed_fingerprint,
      OLD.resource_id, OLD.created_at) THEN
    RAISE EXCEPTION 'the identity of a claim may not change' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION idempotency.guard_request_update FROM PUBLIC;

CREATE TRIGGER guard_request_update BEFORE UPDATE ON idempotency.request
  FOR EACH ROW EXECUTE FUNCTION idempotency.guard_request_update();

-- A claim of somebody who is fenced is refused, and the fence waits for one that is under way. Not by
-- privacy.guard_subject_write: a guest is admitted by the order, after the claim, and a restricted person may claim
-- what their restriction leaves them, of which the resource itself has the say.
CREATE FUNCTION idempotency.refuse_fenced_subject() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  subject_status text;
BEGIN
  SELECT status INTO subject_status FROM privacy.subject WHERE subject_id = NEW.subject_id FOR SHARE;
  IF subject_status IN ('fenced', 'erased') THEN
    RAISE EXCEPTION 'the subject of a claim is %', subject_status USING ERRCODE = 'PR001';
  END IF;
  RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION idempotency.refuse_fenced_subject FROM PUBLIC;

CREATE TRIGGER refuse_fenced_subject BEFORE INSERT ON idempotency.request
  FOR EACH ROW WHEN (NEW.subject_id IS NOT NULL) EXECUTE FUNCTION idempotency.refuse_fenced_subject();

GRANT USAGE ON SCHEMA idempotency TO shop_api, shop_worker, shop_audit;
GRANT SELECT, INSERT, UPDATE ON idempotency.request TO shop_api, shop_worker;
-- the worker drops what has expired and what belonged to an erased person
GRANT DELETE ON idempotency.request TO shop_worker;
GRANT SELECT (operation, touches, created_at) ON idempotency.request TO shop_audit;

-- libs/platform/mail/src/adapters/sql/shop/00-mail.sql
ALTER TABLE mail.sent
  ADD CONSTRAINT sent_reference_form CHECK (reference ~ '^[A-Za-z0-9][A-Za-z0-9_.:-]{0,119}$'),
  ADD CONSTRAINT sent_kind_known CHECK (kind IN
    ('identity_code', 'export_ready', 'erasure_received', 'erasure_done', 'rectified', 'inactivity_notice'));

GRANT USAGE ON SCHEMA mail TO shop_api, shop_worker;
GRANT SELECT, INSERT ON mail.sent TO shop_api, shop_worker;

-- libs/privacy/src/adapters/sql/shop/10-privacy.sql
ALTER TABLE privacy.subject
  ADD CONSTRAINT subject_id_form CHECK (subject_id ~ '^sub_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT subject_status_known CHECK (status IN ('active', 'restricted', 'fenced', 'erased')),
  ADD CONSTRAINT subject_fenced_has_instant CHECK
    ((status IN ('fenced', 'erased')) = (fenced_at IS NOT NULL)),
  ADD CONSTRAINT subject_restricted_by_somebody CHECK
    ((restricted_by_staff_at IS NULL) = (restricted_by IS NULL)),
  ADD CONSTRAINT subject_restricted_has_reason CHECK (CASE status WHEN 'active'
    THEN num_nonnulls(restricted_for_erasure_at, restricted_by_staff_at) = 0 WHEN 'restricted'
    THEN num_nonnulls(restricted_for_erasure_at, restricted_by_staff_at) > 0 ELSE true END),
  ADD CONSTRAINT subject_erased_has_instant CHECK ((status = 'erased') = (erased_at IS NOT NULL));

ALTER TABLE privacy.erasure_request
  ADD CONSTRAINT erasure_request_id_form CHECK (request_id ~ '^ers_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT erasure_request_status_known CHECK (status IN
    ('received', 'identity_pending', 'verified', 'assessed', 'approved', 'partial', 'cooling_off', 'fenced',
     'drained', 'extracted', 'key_unusable', 'purged', 'recipients_notified', 'verified_unreadable',
     'key_destroyed', 'certified', 'closed', 'rejected', 'withdrawn', 'duplicate', 'on_hold', 'failed')),
  ADD CONSTRAINT erasure_request_resumes_known CHECK (resumes_to IN
    ('received', 'identity_pending', 'verified', 'assessed', 'approved', 'partial', 'cooling_off', 'fenced',
     'drained', 'extracted', 'key_unusable', 'purged', 'recipients_notified', 'verified_unreadable',
     'key_destroyed', 'certified')),
  ADD CONSTRAINT erasure_request_stopped_resumes CHECK
    ((status IN ('on_hold', 'failed')) = (resumes_to IS NOT NULL)),
  ADD CONSTRAINT erasure_request_failure_step_form CHECK (failed_step ~ '^[a-z][a-z-]{0,62}$'),
  ADD CONSTRAINT erasure_request_failure_code_form CHECK (failure_code ~ '^[A-Z_]{1,64}$'),
  ADD CONSTRAINT erasure_request_failure_told CHECK
    (num_nonnulls(failed_step, failure_code) = CASE status WHEN 'failed' THEN 2 ELSE 0 END),
  ADD CONSTRAINT erasure_request_identity_known CHECK
    (identity IN ('named_by_staff', 'fresh_sign_in', 'mail_loop')),
  ADD CONSTRAINT erasure_request_due_later CHECK (due_at > requested_at),
  ADD CONSTRAINT erasure_request_extended_further CHECK (extended_to > due_at),
  ADD CONSTRAINT erasure_request_plan_digested CHECK
    (plan_digest IS NOT DISTINCT FROM encode(sha256(convert_to(plan, 'UTF8')), 'hex')),
  ADD CONSTRAINT erasure_request_plan_facts CHECK
    (plan IS NOT NULL OR NOT (keeps_something OR needs_extract)),
  ADD CONSTRAINT erasure_request_asked_whole CHECK
    (num_nulls(requested_by, requested_by_person) IN (0, 2)),
  -- by an officer, unless the person asked; and from the confirmation on always
  ADD CONSTRAINT erasure_request_asked_by_somebody CHECK (requested_by IS NOT NULL OR
    (confirmed_digest IS NULL AND identity IS DISTINCT FROM 'named_by_staff')),
  ADD CONSTRAINT erasure_request_confirmation_complete CHECK
    (num_nulls(confirmed_digest, confirmed_at) IN (0, 2)),
  ADD CONSTRAINT erasure_request_confirms_this_plan CHECK (confirmed_digest = plan_digest),
  ADD CONSTRAINT erasure_request_confirmed_first CHECK
    (approved_by IS NULL OR confirmed_digest IS NOT NULL),
  ADD CONSTRAINT erasure_request_approval_complete CHECK
    (num_nulls(approved_by, approved_by_person, approved_at, approved_digest) IN (0, 4)),
  ADD CONSTRAINT erasure_request_approves_this_plan CHECK (approved_digest = plan_digest),
  ADD CONSTRAINT erasure_request_needs_approval CHECK
    (approved_by IS NOT NULL OR coalesce(resumes_to, status) IN
      ('received', 'identity_pending', 'verified', 'assessed', 'rejected', 'withdrawn', 'duplicate')),
  -- four eyes: two persons, neither of them the one who is erased
  ADD CONSTRAINT erasure_request_four_eyes CHECK
    (approved_by <> requested_by AND approved_by_person <> requested_by_person),
  ADD CONSTRAINT erasure_request_not_of_oneself CHECK
    (subject_id <> requested_by_person AND subject_id <> approved_by_person),
  ADD CONSTRAINT erasure_request_fenced_has_instant CHECK ((fenced_at IS NOT NULL) =
    (coalesce(resumes_to, status) IN ('fenced', 'drained', 'extracted', 'key_unusable', 'purged', 'recipients_notified',
      'verified_unreadable', 'key_destroyed', 'certified', 'closed'))),
  ADD CONSTRAINT erasure_request_committed_first CHECK
    ((fenced_at IS NULL OR committed_at IS NOT NULL) AND
     (committed_at IS NULL OR (approved_by IS NOT NULL AND committed_at >= cooling_off_until))),
  ADD CONSTRAINT erasure_request_key_ends_last CHECK (key_unusable_at IS NULL OR
    (fenced_at IS NOT NULL AND drained_at IS NOT NULL AND approved_by IS NOT NULL)),
  ADD CONSTRAINT erasure_request_in_order CHECK
    ((purged_at IS NULL OR key_unusable_at IS NOT NULL) AND (key_destroyed_at IS NULL OR purged_at IS NOT NULL)),
  ADD CONSTRAINT erasure_request_closed_has_instant CHECK
    ((status IN ('closed', 'rejected', 'withdrawn', 'duplicate')) = (closed_at IS NOT NULL)),
  ADD CONSTRAINT erasure_request_duplicate_named CHECK ((status = 'duplicate') = (duplicate_of IS NOT NULL)),
  ADD CONSTRAINT erasure_request_duplicate_known FOREIGN KEY (duplicate_of)
    REFERENCES privacy.erasure_request (request_id),
  ADD CONSTRAINT erasure_request_version_positive CHECK (version > 0);

-- One request at a time about one person.
CREATE UNIQUE INDEX erasure_request_open ON privacy.erasure_request (subject_id)
  WHERE status NOT IN ('withdrawn', 'rejected', 'duplicate', 'closed');
-- workers and the eraser ask for what is open every few seconds; what is closed only grows
CREATE INDEX erasure_request_not_closed ON privacy.erasure_request (request_id) WHERE closed_at IS NULL;
-- every process that has a login at the KMS asks for these again and again
CREATE INDEX erasure_request_to_verify ON privacy.erasure_request (request_id)
  WHERE status = 'recipients_notified';

ALTER TABLE privacy.erasure_step
  ADD CONSTRAINT erasure_step_name_form CHECK (step ~ '^[a-z][a-z-]{0,62}$'),
  ADD CONSTRAINT erasure_step_store_form CHECK (store ~ '^[a-z][a-z0-9_.:-]{0,126}$'),
  ADD CONSTRAINT erasure_step_key_form CHECK (idempotency_key = 'erasure:' || request_id || ':' || step),
  ADD CONSTRAINT erasure_step_state_known CHECK (state IN ('pending', 'done', 'failed')),
  ADD CONSTRAINT erasure_step_counts CHECK
    (least(attempts, matched, deleted, left_count) >= 0 AND deleted + left_count <= matched),
  ADD CONSTRAINT erasure_step_left_reason_form CHECK (left_reason ~ '^[A-Z_]{1,64}$'),
  ADD CONSTRAINT erasure_step_left_has_reason CHECK (left_count = 0 OR left_reason IS NOT NULL),
  ADD CONSTRAINT erasure_step_evidence_form CHECK (evidence_digest ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT erasure_step_done_has_instant CHECK ((state = 'done') = (finished_at IS NOT NULL));

ALTER TABLE privacy.erasure_event
  ADD CONSTRAINT erasure_event_action_form CHECK (action ~ '^[a-z][a-z-]{0,62}$'),
  ADD CONSTRAINT erasure_event_actor_known CHECK
    (actor ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$' OR actor IN ('worker', 'eraser', 'subject')),
  ADD CONSTRAINT erasure_event_detail_form CHECK (detail ~ '^[A-Z][A-Z0-9_]{0,63}$'),
  ADD CONSTRAINT erasure_event_hash_length CHECK (octet_length(hash) = 32),
  ADD CONSTRAINT erasure_event_chained CHECK ((seq = 1) = (prev_hash IS NULL) AND seq > 0);

ALTER TABLE privacy.erasure_certificate
  ADD CONSTRAINT erasure_certificate_key_form CHECK (key_arn ~ '^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/'),
  ADD CONSTRAINT erasure_certificate_signature_length CHECK (octet_length(signature) = 64),
  ADD CONSTRAINT erasure_certificate_signed_whole CHECK (num_nulls(signature, key_arn, public_key) IN (0, 3));

ALTER TABLE privacy.key_holder
  ADD CONSTRAINT key_holder_process_form CHECK (process_id ~ '^[0-9a-f-]{36}$'),
  ADD CONSTRAINT key_holder_kind_known CHECK (kind IN ('api', 'worker'));

/* The states and what they lead to, as libs/flows/erasure has them; a spec holds the two lists against
   each other. A held or failed request goes on where it was. */
CREATE FUNCTION privacy.guard_erasure_request() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  allowed CONSTANT text[] := string_to_array(
    'approved>assessed approved>cooling_off approved>on_hold approved>withdrawn assessed>approved '
    'assessed>assessed assessed>on_hold assessed>partial assessed>rejected assessed>withdrawn '
    'certified>closed certified>failed cooling_off>assessed cooling_off>failed cooling_off>fenced '
    'cooling_off>on_hold cooling_off>withdrawn drained>extracted drained>failed extracted>failed '
    'extracted>key_unusable failed>certified '
    'failed>cooling_off failed>drained failed>extracted failed>fenced failed>key_destroyed failed>key_unusable '
    'failed>purged failed>recipients_notified failed>verified_unreadable fenced>drained fenced>failed '
    'identity_pending>duplicate identity_pending>on_hold identity_pending>verified '
    'identity_pending>withdrawn key_destroyed>certified key_destroyed>failed key_unusable>failed '
    'key_unusable>purged on_hold>approved on_hold>assessed on_hold>cooling_off '
    'on_hold>identity_pending on_hold>partial on_hold>received on_hold>verified on_hold>withdrawn '
    'partial>assessed partial>cooling_off partial>on_hold partial>withdrawn purged>failed '
    'purged>recipients_notified received>duplicate received>identity_pending received>on_hold '
    'received>verified received>withdrawn recipients_notified>failed '
    'recipients_notified>verified_unreadable verified>assessed verified>duplicate verified>on_hold '
    'verified>withdrawn verified_unreadable>failed verified_unreadable>key_destroyed', ' ');
BEGIN
  IF NEW.version <> OLD.version + 1 THEN
    RAISE EXCEPTION 'request % changes one version at a time', OLD.request_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.status <> OLD.status AND OLD.status || '>' || NEW.status <> ALL (allowed) THEN
    RAISE EXCEPTION 'request % does not go from % to %', OLD.request_id, OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.status = OLD.status AND OLD.closed_at IS NOT NULL THEN
    RAISE EXCEPTION 'request % has ended', OLD.request_id USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.resumes_to IS NOT NULL AND NEW.status NOT IN (OLD.status, OLD.resumes_to, 'withdrawn') THEN
    RAISE EXCEPTION 'request % goes on at %', OLD.request_id, OLD.resumes_to USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.request_id, NEW.subject_id, NEW.requested_at, NEW.due_at)
     IS DISTINCT FROM (OLD.request_id, OLD.subject_id, OLD.requested_at, OLD.due_at)
     -- what the person asked for an officer takes up, once
     OR (OLD.requested_by IS NOT NULL AND (NEW.requested_by, NEW.requested_by_person)
         IS DISTINCT FROM (OLD.requested_by, OLD.requested_by_person))
  THEN
    RAISE EXCEPTION 'request % stays about whom and by whom it is', OLD.request_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.committed_at IS NOT NULL AND NEW.status IN ('assessed', 'on_hold', 'withdrawn') THEN
    RAISE EXCEPTION 'request % is committed', OLD.request_id USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.committed_at IS NOT NULL AND
     (NEW.committed_at, NEW.plan_digest, NEW.approved_by, NEW.approved_by_person, NEW.approved_digest,
      NEW.confirmed_digest)
     IS DISTINCT FROM
     (OLD.committed_at, OLD.plan_digest, OLD.approved_by, OLD.approved_by_person, OLD.approved_digest,
      OLD.confirmed_digest) THEN
    RAISE EXCEPTION 'request % is past its approval', OLD.request_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_erasure_request BEFORE UPDATE ON privacy.erasure_request
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_erasure_request();

/* Chains an event to the one before it, whatever the writer sent as hashes. Its number is the version that
   the request has by it, so that no change goes without its event, nor an event without its change. */
CREATE FUNCTION privacy.chain_erasure_event() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  current_version int;
BEGIN
  SELECT version INTO current_version FROM privacy.erasure_request
    WHERE request_id = NEW.request_id FOR UPDATE;
  IF current_version IS DISTINCT FROM NEW.seq THEN
    RAISE EXCEPTION 'event % of % is not that of its version %', NEW.seq, NEW.request_id, current_version
      USING ERRCODE = 'check_violation';
  END IF;
  NEW.prev_hash := (SELECT hash FROM privacy.erasure_event
    WHERE request_id = NEW.request_id AND seq = NEW.seq - 1);
  NEW.hash := privacy.erasure_event_hash(NEW);
  RETURN NEW;
END $$;

/* SHA-256 of the fields with bars between them; none of them can hold a bar. */
CREATE FUNCTION privacy.erasure_event_hash(event privacy.erasure_event) RETURNS bytea
  LANGUAGE sql STABLE SET search_path = '' AS $$
  SELECT sha256(convert_to(concat_ws('|', event.request_id, event.seq, event.action, event.actor,
    coalesce(event.detail, ''), to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    coalesce(encode(event.prev_hash, 'hex'), '')), 'UTF8'));
$$;

CREATE TRIGGER chain_erasure_event BEFORE INSERT ON privacy.erasure_event
  FOR EACH ROW EXECUTE FUNCTION privacy.chain_erasure_event();

CREATE FUNCTION privacy.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  RAISE EXCEPTION 'rows of %.% are for ever', TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON privacy.erasure_event
  FOR EACH ROW EXECUTE FUNCTION privacy.refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON privacy.erasure_event
  FOR EACH STATEMENT EXECUTE FUNCTION privacy.refuse_change();
CREATE TRIGGER refuse_removal BEFORE DELETE ON privacy.erasure_request
  FOR EACH ROW EXECUTE FUNCTION privacy.refuse_change();

CREATE FUNCTION privacy.require_erasure_event() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM privacy.erasure_event e
                 WHERE e.request_id = NEW.request_id AND e.seq = NEW.version) THEN
    RAISE EXCEPTION 'version % of % has no event', NEW.version, NEW.request_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

-- at COMMIT, when the event of the same transaction is there
CREATE CONSTRAINT TRIGGER require_erasure_event AFTER INSERT OR UPDATE ON privacy.erasure_request
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION privacy.require_erasure_event();

/* Requests whose chain does not hold: a row that is missing, changed, or not that of the request. */
CREATE FUNCTION privacy.broken_erasure_chains() RETURNS TABLE (request_id text, seq int, fault text)
  LANGUAGE sql STABLE SET search_path = '' AS $$
  SELECT e.request_id, e.seq, CASE
      WHEN e.hash <> privacy.erasure_event_hash(e) THEN 'changed'
      ELSE 'unchained' END
  FROM privacy.erasure_event e
  LEFT JOIN privacy.erasure_event p ON p.request_id = e.request_id AND p.seq = e.seq - 1
  WHERE e.hash <> privacy.erasure_event_hash(e) OR e.prev_hash IS DISTINCT FROM p.hash
  UNION ALL
  SELECT r.request_id, r.version, 'missing' FROM privacy.erasure_request r
  WHERE NOT EXISTS (SELECT FROM privacy.erasure_event e
                    WHERE e.request_id = r.request_id AND e.seq = r.version);
$$;

-- active or restricted, fenced, erased: never back.
CREATE FUNCTION privacy.guard_subject_status() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF OLD.status NOT IN ('active', 'restricted') AND NEW.status NOT IN (OLD.status, 'erased') THEN
    RAISE EXCEPTION 'subject % is % for good', OLD.subject_id, OLD.status USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_subject_status BEFORE UPDATE ON privacy.subject
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_status();

/* Makes a subject known, in the transaction that writes the first row about it. Answers false when the
   subject was known before: it may have been fenced. Only the day is kept: the instant is that of the first
   row, so that it would lead from the reference of an erased guest to their order, and from buyer to recipient. */
CREATE FUNCTION privacy.admit_subject(new_subject text) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  WITH admitted AS (
    INSERT INTO privacy.subject (subject_id, admitted_at)
    VALUES (new_subject, date_trunc('day', now(), 'UTC')) ON CONFLICT DO NOTHING RETURNING 1
  )
  SELECT EXISTS (SELECT FROM admitted);
$$;

/* Waits for personal writes that are under way and refuses all that come later. A subject nobody has
   heard of is fenced too: a registration that lags behind finds the door shut. */
CREATE FUNCTION privacy.fence_subject(fenced_subject text) RETURNS text
  LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  INSERT INTO privacy.subject AS known (subject_id, status, fenced_at)
  VALUES (fenced_subject, 'fenced', now())
  ON CONFLICT (subject_id) DO UPDATE
    SET status = CASE WHEN known.status IN ('active', 'restricted') THEN 'fenced' ELSE known.status END,
        fenced_at = coalesce(known.fenced_at, now())
  RETURNING status;
$$;

/* Puts a hash in the place of the reference of whoever was erased longer ago than any backup is kept; the spare name
   where a restore wrote the reference back beside its hash. Answers whether the reference is gone; false while
   something about the person is under way. */
CREATE FUNCTION privacy.hash_tombstone(erased_subject text, reference text, spare text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  new_name CONSTANT text := CASE
    WHEN EXISTS (SELECT FROM privacy.subject s WHERE s.subject_id = reference) THEN spare ELSE reference END;
BEGIN
  IF EXISTS (SELECT FROM privacy.restored_erasure r
             WHERE r.subject_id = erased_subject AND r.closed_at IS NULL)
     OR EXISTS (SELECT FROM privacy.erasure_request r
                WHERE r.subject_id = erased_subject AND r.closed_at IS NULL) THEN
    RETURN false;
  END IF;
  UPDATE privacy.subject SET subject_id = new_name
    WHERE subject_id = erased_subject AND erased_at < now() - interval '35 days';
  UPDATE privacy.restored_erasure SET subject_id = new_name WHERE subject_id = erased_subject
    AND NOT EXISTS (SELECT FROM privacy.subject s WHERE s.subject_id = erased_subject);
  RETURN NOT EXISTS (SELECT FROM privacy.subject s WHERE s.subject_id = erased_subject);
END $$;

/* Shuts the door on a registration that never got its account. Answers false when there is an account
   after all: the subject was admitted before. */
CREATE FUNCTION privacy.fence_if_unknown(abandoned_subject text) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  WITH fenced AS (
    INSERT INTO privacy.subject (subject_id, status, fenced_at) VALUES (abandoned_subject, 'fenced', now())
    ON CONFLICT DO NOTHING RETURNING 1
  )
  SELECT EXISTS (SELECT FROM fenced)
      OR EXISTS (SELECT FROM privacy.subject s
        WHERE s.subject_id = abandoned_subject AND s.status NOT IN ('active', 'restricted'));
$$;

-- People whose data may be read. A view, not a function: every request joins it. Whose data are restricted are
-- served what they have a right to, and nothing else.
CREATE VIEW privacy.active_subject AS
  SELECT subject_id, status = 'restricted' AS is_restricted FROM privacy.subject
  WHERE status IN ('active', 'restricted');

/* Attached to every subject table by its owner:

     CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON identity.account
       FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'email', 'full_name');

   The first argument names the column with the subject, the others the personal columns. A personal write
   is a new row, or a personal column that gets a new value other than NULL; so the state of an order and
   its money are still booked after the fence, and a purge may empty a column or cut a row off its subject.
   A personal write shares the lock of the status row until its transaction ends. SQLSTATE PR001: the subject is
   fenced or erased. SQLSTATE PR002: nobody admitted the subject. SQLSTATE PR003: the data of the subject are
   restricted; what goes on is what is under way: orders, payments, and the session of who is signed in; and what a
   restriction does not suspend: the copy of one's data (GDPR Article 15), complaints, and that staff look at them for a right or a
   claim of somebody (Article 18(2)). */
CREATE FUNCTION privacy.guard_subject_write() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  written jsonb := to_jsonb(NEW);
  replaced jsonb := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(OLD) END;
  subject_status text;
BEGIN
  IF replaced IS NOT NULL
     AND (written ->> TG_ARGV[0] IS NULL OR written -> TG_ARGV[0] = replaced -> TG_ARGV[0]) AND NOT EXISTS (
    SELECT FROM unnest(TG_ARGV[1:]) AS personal(name)
    WHERE written ->> personal.name IS DISTINCT FROM replaced ->> personal.name
      AND written ->> personal.name IS NOT NULL
  ) THEN
    RETURN NEW;
  END IF;
  SELECT status INTO subject_status FROM privacy.subject
    WHERE subject_id = written ->> TG_ARGV[0] FOR SHARE;
  IF subject_status = 'active' THEN
    RETURN NEW;
  END IF;
  IF subject_status = 'restricted' THEN
    IF TG_OP = 'UPDATE' AND (TG_TABLE_SCHEMA IN ('orders', 'payments')
                             OR TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME = 'identity.session') THEN
      RETURN NEW;
    END IF;
    IF TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME = 'rights.export'
       OR TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME = 'rights.grievance'
       OR TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME = 'rights.request'
         AND written ->> 'kind' IN ('export', 'grievance')
       OR TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME = 'privacy.access_log'
         AND written ->> 'purpose' IN ('rights_request', 'legal_claim') THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the subject of a row of %.% is restricted', TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'PR003';
  END IF;
  IF subject_status IS NULL THEN
    RAISE EXCEPTION 'no subject was admitted for a row of %.%', TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'PR002';
  END IF;
  RAISE EXCEPTION 'the subject of a row of %.% is %', TG_TABLE_SCHEMA, TG_TABLE_NAME, subject_status
    USING ERRCODE = 'PR001';
END $$;

REVOKE EXECUTE ON FUNCTION privacy.admit_subject, privacy.fence_subject, privacy.fence_if_unknown,
  privacy.hash_tombstone FROM PUBLIC;
GRANT USAGE ON SCHEMA privacy TO shop_api, shop_worker, shop_audit;
GRANT EXECUTE ON FUNCTION privacy.admit_subject TO shop_api, shop_worker;
GRANT EXECUTE ON FUNCTION privacy.fence_subject, privacy.fence_if_unknown, privacy.hash_tombstone
  TO shop_worker;
GRANT SELECT ON privacy.subject TO shop_api, shop_worker, shop_audit;
GRANT SELECT ON privacy.active_subject TO shop_api, shop_worker;
GRANT UPDATE (status, erased_at) ON privacy.subject TO shop_worker;
GRANT SELECT, INSERT, UPDATE ON privacy.erasure_request TO shop_api, shop_worker;
GRANT SELECT, INSERT ON privacy.erasure_event TO shop_api, shop_worker;
GRANT SELECT, INSERT, UPDATE ON privacy.erasure_step TO shop_worker;
GRANT SELECT ON privacy.erasure_step TO shop_api;
GRANT SELECT, INSERT ON privacy.erasure_certificate TO shop_worker;
GRANT UPDATE (signature, key_arn, public_key) ON privacy.erasure_certificate TO shop_worker;
GRANT SELECT ON privacy.erasure_certificate TO shop_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON privacy.key_holder TO shop_api, shop_worker;
GRANT SELECT ON privacy.erasure_request, privacy.erasure_step, privacy.erasure_event,
  privacy.erasure_certificate TO shop_audit;
GRANT EXECUTE ON FUNCTION privacy.broken_erasure_chains, privacy.erasure_event_hash TO shop_audit;

-- libs/privacy/src/adapters/sql/shop/11-restored-erasure.sql
ALTER TABLE privacy.restored_erasure
  ADD CONSTRAINT restored_erasure_subject_form CHECK (subject_id ~ '^sub_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT restored_erasure_request_form CHECK (request_id ~ '^ers_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT restored_erasure_closed_after_purge CHECK (closed_at IS NULL OR purged_at IS NOT NULL);

CREATE INDEX restored_erasure_open ON privacy.restored_erasure (purged_at NULLS FIRST, subject_id)
  WHERE closed_at IS NULL;

-- Only a replay of the journal, with the login of the owner, orders a purge; the worker carries it out.
GRANT SELECT ON privacy.restored_erasure TO shop_worker, shop_audit;
GRANT UPDATE (purged_at, closed_at) ON privacy.restored_erasure TO shop_worker;

-- libs/privacy/src/adapters/sql/shop/12-access-log.sql
ALTER TABLE privacy.access_log
  ADD CONSTRAINT access_log_staff_form CHECK (staff_id ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT access_log_route_form CHECK (route ~ '^[A-Za-z0-9/_:.{}-]{1,120}$'),
  ADD CONSTRAINT access_log_purpose_known CHECK (purpose IN
    ('support_request', 'rights_request', 'fraud_check', 'legal_claim', 'incident'));

CREATE TRIGGER guard_subject_write BEFORE INSERT ON privacy.access_log
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'route');

-- An entry stays a year, and longer than its person never.
CREATE FUNCTION privacy.guard_access_log() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'DELETE' AND (OLD.at < now() - interval '365 days' OR EXISTS (
    SELECT FROM privacy.subject s WHERE s.subject_id = OLD.subject_id AND s.status IN ('fenced', 'erased')
  )) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'an entry of the access log is neither changed nor removed'
    USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER access_log_stays BEFORE UPDATE OR DELETE ON privacy.access_log
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_access_log();

GRANT INSERT ON privacy.access_log TO shop_api;
GRANT SELECT, INSERT, DELETE ON privacy.access_log TO shop_worker;
GRANT SELECT (entry_id, route, purpose, at) ON privacy.access_log TO shop_audit;

-- libs/privacy/src/adapters/sql/shop/12-approvals.sql
ALTER TABLE privacy.erasure_approval
  ADD CONSTRAINT erasure_approval_of_request FOREIGN KEY (request_id)
    REFERENCES privacy.erasure_request (request_id),
  ADD CONSTRAINT erasure_approval_role_known CHECK (role IN ('requester', 'approver')),
  ADD CONSTRAINT erasure_approval_plan_form CHECK (plan_digest ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT erasure_approval_digest_form CHECK (assertion_digest ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT erasure_approval_lengths CHECK (octet_length(authenticator_data) BETWEEN 37 AND 4096
    AND octet_length(client_data) BETWEEN 2 AND 4096 AND octet_length(signature) BETWEEN 8 AND 512);

/* A signature is taken for the plan as it stands, from somebody else than the person and the other officer,
   made by a passkey that is theirs. What it signs only the API and the eraser can check.
   SQLSTATE PR004: the two stand too close to each other, or to the person. */
CREATE FUNCTION privacy.guard_erasure_approval() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  request privacy.erasure_request;
  other text;
BEGIN
  SELECT * INTO request FROM privacy.erasure_request WHERE request_id = NEW.request_id FOR UPDATE;
  IF (request.version, request.plan_digest) IS DISTINCT FROM (NEW.version, NEW.plan_digest) THEN
    RAISE EXCEPTION 'a signature is of the plan as it stands' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (
    SELECT FROM (VALUES
      ('requester', request.requested_by, request.requested_by_person, request.confirmed_digest),
      ('approver', request.approved_by, request.approved_by_person, request.approved_digest)
    ) AS named (role, staff, person, digest)
    WHERE (named.role, named.staff, named.person, named.digest)
      = (NEW.role, NEW.staff_id, NEW.person, NEW.plan_digest)
  ) THEN
    RAISE EXCEPTION 'request % names another %', NEW.request_id, NEW.role USING ERRCODE = 'check_violation';
  END IF;
  IF NOT identity.is_passkey_of(NEW.credential_id, NEW.staff_id, NEW.person, NEW.public_key) THEN
    RAISE EXCEPTION 'a signature is made by a passkey of who signs' USING ERRCODE = 'check_violation';
  END IF;
  FOR other IN SELECT unnest(ARRAY[request.subject_id,
      CASE NEW.role WHEN 'approver' THEN request.requested_by_person END]) LOOP
    IF identity.are_close(NEW.person, other) THEN
      RAISE EXCEPTION 'request % needs somebody who stands further off', NEW.request_id
        USING ERRCODE = 'PR004';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_erasure_approval BEFORE INSERT ON privacy.erasure_approval
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_erasure_approval();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON privacy.erasure_approval
  FOR EACH ROW EXECUTE FUNCTION privacy.refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON privacy.erasure_approval
  FOR EACH STATEMENT EXECUTE FUNCTION privacy.refuse_change();

/* Whoever a request names as having confirmed or approved its plan has signed it. */
CREATE FUNCTION privacy.require_signatures() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (VALUES
      ('requester', NEW.confirmed_digest, NEW.requested_by, NEW.requested_by_person),
      ('approver', NEW.approved_digest, NEW.approved_by, NEW.approved_by_person)
    ) AS named (role, digest, staff, person)
    WHERE named.digest IS NOT NULL AND NOT EXISTS (
      SELECT FROM privacy.erasure_approval a
      WHERE a.request_id = NEW.request_id AND a.role = named.role AND a.plan_digest = named.digest
        AND a.staff_id = named.staff AND a.person = named.person)
  ) THEN
    RAISE EXCEPTION 'request % is not signed by whom it names', NEW.request_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

-- at COMMIT, when the signature of the same transaction is there
CREATE CONSTRAINT TRIGGER require_signatures AFTER INSERT OR UPDATE ON privacy.erasure_request
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION privacy.require_signatures();

ALTER TABLE privacy.identity_code
  ADD CONSTRAINT identity_code_of_request FOREIGN KEY (request_id)
    REFERENCES privacy.erasure_request (request_id),
  ADD CONSTRAINT identity_code_hash_length CHECK (octet_length(code_hash) = 32),
  ADD CONSTRAINT identity_code_tries CHECK (tries_left BETWEEN 0 AND 5);

GRANT SELECT, INSERT ON privacy.erasure_approval TO shop_api;
GRANT SELECT ON privacy.erasure_approval TO shop_worker, shop_audit;
GRANT SELECT, INSERT, UPDATE, DELETE ON privacy.identity_code TO shop_api;

-- libs/privacy/src/adapters/sql/shop/12-recipients.sql
ALTER TABLE privacy.recipient_notice
  ADD CONSTRAINT recipient_notice_request_form CHECK (request_id ~ '^[a-z]{3}_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT recipient_notice_processor_form CHECK (processor ~ '^[a-z][a-z0-9-]{0,30}$'),
  ADD CONSTRAINT recipient_notice_reference_form CHECK
    (reference ~ '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'),
  ADD CONSTRAINT recipient_notice_state_known CHECK
    (state IN ('prepared', 'pending', 'in_progress', 'completed', 'cancelled', 'void')),
  -- only of a correction, whose person is erased before: a processor is told to erase then
  ADD CONSTRAINT recipient_notice_void_of_correction CHECK (state <> 'void' OR request_id LIKE 'rrq\_%'),
  ADD CONSTRAINT recipient_notice_counts CHECK (attempt > 0 AND identities > 0 AND tries >= 0),
  ADD CONSTRAINT recipient_notice_due_later CHECK (due_at > prepared_at),
  ADD CONSTRAINT recipient_notice_sealed_until_answered CHECK ((state IN ('completed', 'void')) = (sealed IS NULL)),
  -- nothing counts as done that the processor has not signed
  ADD CONSTRAINT recipient_notice_completed_is_proven CHECK
    (num_nulls(completed_at, answer, signature, signer_digest) = CASE state WHEN 'completed' THEN 0 ELSE 4 END),
  ADD CONSTRAINT recipient_notice_signature_length CHECK (octet_length(signature) = 64),
  ADD CONSTRAINT recipient_notice_signer_form CHECK (signer_digest ~ '^[0-9a-f]{64}$');

CREATE INDEX recipient_notice_open ON privacy.recipient_notice (due_at) WHERE state NOT IN ('completed', 'void');

-- completed for good; another attempt has another name
CREATE FUNCTION privacy.guard_recipient_notice() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF OLD.state IN ('completed', 'void') OR (NEW.request_id, NEW.processor, NEW.identities, NEW.due_at, NEW.prepared_at)
     IS DISTINCT FROM (OLD.request_id, OLD.processor, OLD.identities, OLD.due_at, OLD.prepared_at) THEN
    RAISE EXCEPTION 'what % was told about % stays so', OLD.processor, OLD.request_id
      USING ERRCODE = 'check_violation';
  END IF;
  -- an answer to what was not sent is no answer
  IF OLD.state = 'prepared' AND NEW.state IN ('in_progress', 'completed', 'cancelled')
     OR OLD.state = 'cancelled' AND NEW.state NOT IN ('prepared', 'void') THEN
    RAISE EXCEPTION 'nothing is outstanding that % could answer about %', OLD.processor, OLD.request_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.attempt, NEW.reference) IS DISTINCT FROM (OLD.attempt, OLD.reference) AND NOT (
    OLD.state = 'cancelled' AND NEW.state = 'prepared' AND NEW.attempt = OLD.attempt + 1
      AND NEW.reference <> OLD.reference) THEN
    RAISE EXCEPTION 'a notice to % keeps its name', OLD.processor USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_recipient_notice BEFORE UPDATE ON privacy.recipient_notice
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_recipient_notice();
CREATE TRIGGER refuse_removal BEFORE DELETE ON privacy.recipient_notice
  FOR EACH ROW EXECUTE FUNCTION privacy.refuse_change();

ALTER TABLE privacy.request_contact
  ADD CONSTRAINT request_contact_request_form CHECK (request_id ~ '^[a-z]{3}_[a-z]{2}-[0-9]+_[0-9a-z]{26}$');

ALTER TABLE privacy.request_trace
  ADD CONSTRAINT request_trace_request_form CHECK (request_id ~ '^ers_[a-z]{2}-[0-9]+_[0-9a-z]{26}$');

GRANT SELECT, INSERT, UPDATE ON privacy.recipient_notice TO shop_worker;
GRANT SELECT ON privacy.recipient_notice TO shop_audit;
-- how far a processor is, for staff; by what it knows the person is not theirs to see
GRANT SELECT (request_id, processor, attempt, state, identities, prepared_at, due_at, tries, completed_at, answer,
  signer_digest) ON privacy.recipient_notice TO shop_api;
GRANT SELECT, INSERT, DELETE ON privacy.request_contact TO shop_worker;
GRANT SELECT, INSERT, DELETE ON privacy.request_trace TO shop_worker;

-- libs/privacy/src/adapters/sql/shop/13-restriction.sql
/* Stores somebody's data and no longer uses them (GDPR Article 18): while an erasure cools off, or because a member
   of staff says so, who is named. Waits for personal writes that are under way. Answers false for somebody who is
   unknown, fenced or erased. */
CREATE FUNCTION privacy.restrict_subject(restricted_subject text, staff text) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  WITH restricted AS (
    UPDATE privacy.subject SET status = 'restricted',
      restricted_for_erasure_at = CASE WHEN staff IS NULL
        THEN coalesce(restricted_for_erasure_at, now()) ELSE restricted_for_erasure_at END,
      restricted_by_staff_at = CASE WHEN staff IS NOT NULL
        THEN coalesce(restricted_by_staff_at, now()) ELSE restricted_by_staff_at END,
      restricted_by = coalesce(restricted_by, staff)
    WHERE subject_id = restricted_subject AND status IN ('active', 'restricted')
    RETURNING 1
  )
  SELECT EXISTS (SELECT FROM restricted);
$$;

/* Lifts one of the two reasons; the other one holds on. */
CREATE FUNCTION privacy.lift_restriction(restricted_subject text, of_staff boolean) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  WITH lifted AS (
    UPDATE privacy.subject SET
      restricted_for_erasure_at = CASE WHEN of_staff THEN restricted_for_erasure_at END,
      restricted_by_staff_at = CASE WHEN NOT of_staff THEN restricted_by_staff_at END,
      restricted_by = CASE WHEN NOT of_staff THEN restricted_by END,
      status = CASE WHEN (CASE WHEN of_staff THEN restricted_for_erasure_at ELSE restricted_by_staff_at END)
        IS NULL THEN 'active' ELSE 'restricted' END
    WHERE subject_id = restricted_subject AND status = 'restricted'
    RETURNING 1
  )
  SELECT EXISTS (SELECT FROM lifted);
$$;

/* An erasure restricts from its cooling-off on, until it is withdrawn or goes back to the officers. The fence
   takes it from there. */
CREATE FUNCTION privacy.restrict_by_request() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF NEW.status = 'cooling_off' AND OLD.status <> 'cooling_off' THEN
    PERFORM privacy.restrict_subject(NEW.subject_id, NULL);
  ELSIF NEW.status IN ('assessed', 'withdrawn', 'rejected') THEN
    PERFORM privacy.lift_restriction(NEW.subject_id, false);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER restrict_by_request AFTER UPDATE OF status ON privacy.erasure_request
  FOR EACH ROW EXECUTE FUNCTION privacy.restrict_by_request();

REVOKE EXECUTE ON FUNCTION privacy.restrict_subject, privacy.lift_restriction FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.restrict_subject, privacy.lift_restriction TO shop_api;

-- libs/privacy/src/adapters/sql/shop/30-statutory.sql
ALTER TABLE privacy.legal_hold
  ADD CONSTRAINT legal_hold_id_form CHECK (hold_id ~ '^hld_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT legal_hold_subject_form CHECK (subject_id ~ '^sub_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  -- what a case may need of a person; credentials are never held
  ADD CONSTRAINT legal_hold_category_known CHECK (category IN ('account', 'address', 'session', 'order', 'staff_login')),
  -- a number, so that no name comes in by this door
  ADD CONSTRAINT legal_hold_case_form CHECK (case_reference ~ '^[A-Z]{1,8}-[0-9]{4}-[0-9]{1,6}$'),
  ADD CONSTRAINT legal_hold_opened_by_form CHECK (opened_by ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT legal_hold_released_by_form CHECK (released_by ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT legal_hold_released_whole CHECK (num_nulls(released_by, released_at) IN (0, 2));

-- A case holds a category of a person once.
CREATE UNIQUE INDEX legal_hold_open ON privacy.legal_hold (subject_id, category, case_reference)
  WHERE released_at IS NULL;

/* A case is closed once and for all its people: what it held ends a year later, and a new hold under its number
   would end with it. A hold stays what it is; it loses its person at erasure and gets its release. */
CREATE FUNCTION privacy.guard_legal_hold() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    -- opening and closing a case take turns
    PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('legal_hold|' || NEW.case_reference));
    IF EXISTS (SELECT FROM privacy.legal_hold h
               WHERE h.case_reference = NEW.case_reference AND h.released_at IS NOT NULL) THEN
      RAISE EXCEPTION 'case % is closed', NEW.case_reference USING ERRCODE = 'PR004';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR (NEW.hold_id, NEW.category, NEW.case_reference, NEW.opened_by, NEW.opened_at)
       IS DISTINCT FROM (OLD.hold_id, OLD.category, OLD.case_reference, OLD.opened_by, OLD.opened_at)
     OR (NEW.subject_id IS NOT NULL AND NEW.subject_id IS DISTINCT FROM OLD.subject_id)
     OR (OLD.released_at IS NOT NULL AND (NEW.released_at, NEW.released_by)
          IS DISTINCT FROM (OLD.released_at, OLD.released_by)) THEN
    RAISE EXCEPTION 'hold % stays as it is', OLD.hold_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_legal_hold BEFORE INSERT OR UPDATE OR DELETE ON privacy.legal_hold
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_legal_hold();

-- about an active person only: whoever is fenced goes by the plan that two officers approved
CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON privacy.legal_hold
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id');

/* Closes a case: all of its holds at once. Answers how many there were open. */
CREATE FUNCTION privacy.close_case(closed_case text, officer text, closed_at timestamptz) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  released integer;
BEGIN
  PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('legal_hold|' || closed_case));
  UPDATE privacy.legal_hold SET released_by = officer, released_at = closed_at
    WHERE case_reference = closed_case AND released_at IS NULL;
  GET DIAGNOSTICS released = ROW_COUNT;
  RETURN released;
END $$;

ALTER TABLE privacy.retained_field
  ADD CONSTRAINT retained_field_id_form CHECK (field_id ~ '^rtf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT retained_field_request_known FOREIGN KEY (request_id) REFERENCES privacy.erasure_request (request_id),
  ADD CONSTRAINT retained_field_store_form CHECK (store ~ '^[a-z_]{1,63}\.[a-z_]{1,63}$'),
  ADD CONSTRAINT retained_field_field_form CHECK (field ~ '^[a-z_]{1,63}$'),
  ADD CONSTRAINT retained_field_category_form CHECK (category ~ '^[a-z_]{1,63}$'),
  ADD CONSTRAINT retained_field_ordinal_positive CHECK (ordinal > 0),
  ADD CONSTRAINT retained_field_cohort_form CHECK
    (cohort ~ '^(RETAIN_[a-z]{2}_[a-z][a-z0-9-]{0,39}_[0-9]{4}-[0-9]{2}|HOLD_[A-Z]{1,8}-[0-9]{4}-[0-9]{1,6})$'),
  ADD CONSTRAINT retained_field_has_end CHECK (cohort LIKE 'HOLD\_%' OR keep_until IS NOT NULL),
  ADD CONSTRAINT retained_field_under_its_cohort CHECK (content LIKE 'c1|A256GCM|' || cohort || '|%');

/* A kept field comes only between the fence and the end of the person's key, is never changed, and goes only
   after its last day. A case that is closed gives its fields their end. */
CREATE FUNCTION privacy.guard_retained_field() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM privacy.erasure_request r
                   WHERE r.request_id = NEW.request_id AND r.status = 'drained' AND r.needs_extract FOR SHARE) THEN
      RAISE EXCEPTION 'request % extracts nothing now', NEW.request_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' THEN
    IF OLD.keep_until IS NULL OR OLD.keep_until >= current_date THEN
      RAISE EXCEPTION 'field % is kept until %', OLD.field_id, OLD.keep_until USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
  END IF;
  IF OLD.keep_until IS NOT NULL OR NEW.keep_until IS NULL
     OR pg_catalog.to_jsonb(NEW) - 'keep_until' <> pg_catalog.to_jsonb(OLD) - 'keep_until' THEN
    RAISE EXCEPTION 'field % stays as it is', OLD.field_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_retained_field BEFORE INSERT OR UPDATE OR DELETE ON privacy.retained_field
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_retained_field();

/* The key of a person may end only once every store of the approved plan has been extracted. */
CREATE FUNCTION privacy.guard_extracted() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF NEW.needs_extract AND EXISTS (
    SELECT FROM pg_catalog.jsonb_array_elements(NEW.plan::pg_catalog.jsonb -> 'entries') AS entry,
      LATERAL pg_catalog.jsonb_array_elements_text(entry -> 'fields') AS field
    WHERE NOT EXISTS (SELECT FROM privacy.erasure_step s
      WHERE s.request_id = NEW.request_id AND s.step = 'extract' AND s.state = 'done'
        AND s.store = pg_catalog.substring(field, '^(.*)\.[^.]*$'))) THEN
    RAISE EXCEPTION 'request % has fields that are not extracted', NEW.request_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_extracted BEFORE UPDATE ON privacy.erasure_request
  FOR EACH ROW WHEN (NEW.status = 'extracted' AND OLD.status <> 'extracted')
  EXECUTE FUNCTION privacy.guard_extracted();

ALTER TABLE privacy.record_reading
  ADD CONSTRAINT record_reading_reader_form CHECK (reader ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT record_reading_store_known CHECK (store IN ('invoices.invoice', 'privacy.retained_field')),
  ADD CONSTRAINT record_reading_record_form CHECK (record ~ '^(inv|rtf)_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT record_reading_purpose_known CHECK (purpose IN
    ('tax_return', 'tax_audit', 'credit_note', 'legal_claim', 'order_of_authority', 'access_request'));

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON privacy.record_reading
  FOR EACH ROW EXECUTE FUNCTION privacy.refuse_change();
CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON privacy.record_reading
  FOR EACH STATEMENT EXECUTE FUNCTION privacy.refuse_change();

/* Writes down that a member of staff reads a record, or refuses. Only the functions that hand out records call
   it, so that none is handed out without. SQLSTATE PR005: the reader does not hold the role now. */
CREATE FUNCTION privacy.note_reading(reading_staff text, needed_role text, read_store text, read_record text,
    reading_purpose text) RETURNS void
  LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM identity.staff s JOIN identity.staff_role r ON r.staff_id = s.staff_id
                 WHERE s.staff_id = reading_staff AND r.role = needed_role AND s.disabled_at IS NULL) THEN
    RAISE EXCEPTION 'this is read by a % only', needed_role USING ERRCODE = 'PR005';
  END IF;
  INSERT INTO privacy.record_reading (reader, store, record, purpose)
    VALUES (reading_staff, read_store, read_record, reading_purpose);
END $$;

/* The kept fields of one request, for a privacy officer; every one of them is noted. */
CREATE FUNCTION privacy.read_retained_fields(of_request text, reading_staff text, reading_purpose text)
  RETURNS SETOF privacy.retained_field
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  kept privacy.retained_field;
BEGIN
  FOR kept IN SELECT * FROM privacy.retained_field r WHERE r.request_id = of_request
      ORDER BY r.store, r.ordinal, r.field LOOP
    PERFORM privacy.note_reading(reading_staff, 'privacy-officer', 'privacy.retained_field', kept.field_id,
      reading_purpose);
    RETURN NEXT kept;
  END LOOP;
END $$;

/* Whether somebody is active, and stays so until the transaction ends: for what is not about the person by its
   columns, and names the person all the same. */
CREATE FUNCTION privacy.stays_active(of_subject text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  PERFORM FROM privacy.subject WHERE subject_id = of_subject AND status = 'active' FOR SHARE;
  RETURN FOUND;
END $$;

REVOKE EXECUTE ON FUNCTION privacy.close_case, privacy.note_reading, privacy.read_retained_fields,
  privacy.stays_active FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.read_retained_fields, privacy.close_case TO shop_api;
GRANT EXECUTE ON FUNCTION privacy.stays_active TO shop_api, shop_worker;
GRANT SELECT, INSERT ON privacy.legal_hold TO shop_api;
GRANT SELECT, UPDATE (subject_id) ON privacy.legal_hold TO shop_worker;
GRANT INSERT, DELETE, UPDATE (keep_until) ON privacy.retained_field TO shop_worker;
GRANT SELECT (field_id, request_id, store, field, ordinal, category, cohort, keep_until)
  ON privacy.retained_field TO shop_worker, shop_audit;
GRANT SELECT ON privacy.legal_hold, privacy.record_reading TO shop_audit;

-- libs/identity/src/adapters/sql/shop/10-identity.sql
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

-- libs/identity/src/adapters/sql/shop/20-passkeys.sql
ALTER TABLE identity.staff ADD CONSTRAINT staff_person UNIQUE (staff_id, subject_id);

ALTER TABLE identity.passkey
  ADD CONSTRAINT passkey_credential_form CHECK
    (credential_id ~ '^[A-Za-z0-9_-]+$' AND length(credential_id) BETWEEN 22 AND 1364),
  ADD CONSTRAINT passkey_public_key_length CHECK (octet_length(public_key) BETWEEN 64 AND 256),
  ADD CONSTRAINT passkey_counter_positive CHECK (counter >= 0),
  ADD CONSTRAINT passkey_vouching_whole CHECK (num_nulls(vouched_by, vouching_authenticator_data,
    vouching_client_data, vouching_signature) IN (0, 4)),
  ADD CONSTRAINT passkey_vouched_by_another CHECK (vouched_by <> credential_id),
  ADD CONSTRAINT passkey_of_staff FOREIGN KEY (staff_id, subject_id)
    REFERENCES identity.staff (staff_id, subject_id),
  ADD CONSTRAINT passkey_once_of_staff UNIQUE (credential_id, staff_id),
  ADD CONSTRAINT passkey_vouched_by_own FOREIGN KEY (vouched_by, staff_id)
    REFERENCES identity.passkey (credential_id, staff_id);

-- Whoever has a passkey gets another one only by it.
CREATE UNIQUE INDEX passkey_first ON identity.passkey (staff_id) WHERE vouched_by IS NULL;

/* A passkey is as old as its row says, and stays what it was: only its counter rises. */
CREATE FUNCTION identity.guard_passkey() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.created_at := now();
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) - 'counter' IS DISTINCT FROM to_jsonb(OLD) - 'counter' THEN
    RAISE EXCEPTION 'a passkey stays what it was' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.counter < OLD.counter OR (NEW.counter = OLD.counter AND NEW.counter > 0) THEN
    RAISE EXCEPTION 'the counter of a passkey rises' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_passkey BEFORE INSERT OR UPDATE ON identity.passkey
  FOR EACH ROW EXECUTE FUNCTION identity.guard_passkey();
CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON identity.passkey
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id');

ALTER TABLE identity.staff_act
  ADD CONSTRAINT staff_act_kind_known CHECK (kind IN ('created', 'reset', 'role-granted')),
  ADD CONSTRAINT staff_act_of_another CHECK (subject_id <> done_by);

ALTER TABLE identity.role_grant
  ADD CONSTRAINT role_grant_id_form CHECK (grant_id ~ '^rgr_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT role_grant_role_known CHECK
    (role IN ('merchandiser', 'warehouse', 'support', 'privacy-officer', 'operator')),
  ADD CONSTRAINT role_grant_to_staff FOREIGN KEY (staff_id, subject_id)
    REFERENCES identity.staff (staff_id, subject_id),
  ADD CONSTRAINT role_grant_confirmed_whole CHECK
    (num_nulls(confirmed_by, confirmed_by_person, confirmed_at, assertion_digest) IN (0, 4)),
  -- four eyes: two persons, neither of them the one who gets the role
  ADD CONSTRAINT role_grant_four_eyes CHECK
    (confirmed_by <> proposed_by AND confirmed_by_person <> proposed_by_person),
  ADD CONSTRAINT role_grant_not_to_oneself CHECK
    (subject_id <> proposed_by_person AND subject_id <> confirmed_by_person),
  ADD CONSTRAINT role_grant_digest_form CHECK (assertion_digest ~ '^[0-9a-f]{64}$');

CREATE UNIQUE INDEX role_grant_open ON identity.role_grant (staff_id, role) WHERE confirmed_at IS NULL;

/* Proposed open, confirmed once, and then for good. */
CREATE FUNCTION identity.guard_role_grant() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.confirmed_at IS NOT NULL THEN
      RAISE EXCEPTION 'a role is proposed before it is confirmed' USING ERRCODE = 'check_violation';
    END IF;
    NEW.proposed_at := now();
    RETURN NEW;
  END IF;
  IF OLD.confirmed_at IS NOT NULL OR
     (NEW.grant_id, NEW.staff_id, NEW.subject_id, NEW.role, NEW.proposed_by, NEW.proposed_by_person,
      NEW.proposed_at) IS DISTINCT FROM
     (OLD.grant_id, OLD.staff_id, OLD.subject_id, OLD.role, OLD.proposed_by, OLD.proposed_by_person,
      OLD.proposed_at) THEN
    RAISE EXCEPTION 'a proposed role is confirmed as it is, once' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_role_grant BEFORE INSERT OR UPDATE ON identity.role_grant
  FOR EACH ROW EXECUTE FUNCTION identity.guard_role_grant();

/* The API cannot write roles: it confirms a grant, and the grant writes the role. Both who granted it are
   noted as close to the one who has it now. */
CREATE FUNCTION identity.hold_granted_role() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  INSERT INTO identity.staff_role (staff_id, role, granted_by)
  VALUES (NEW.staff_id, NEW.role, NEW.confirmed_by) ON CONFLICT DO NOTHING;
  INSERT INTO identity.staff_act (subject_id, done_by, kind, at)
  SELECT NEW.subject_id, person, 'role-granted', now()
  FROM unnest(ARRAY[NEW.proposed_by_person, NEW.confirmed_by_person]) AS person
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE TRIGGER hold_granted_role AFTER UPDATE ON identity.role_grant
  FOR EACH ROW WHEN (NEW.confirmed_at IS NOT NULL AND OLD.confirmed_at IS NULL)
  EXECUTE FUNCTION identity.hold_granted_role();

/* Whether one of two persons made, reset or raised the account of the other in the last 30 days. */
CREATE FUNCTION identity.are_close(one text, other text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT EXISTS (SELECT FROM identity.staff_act a
    WHERE (a.subject_id, a.done_by) IN ((one, other), (other, one)) AND a.at > now() - interval '30 days');
$$;

/* Whether a passkey is the one of this member of staff, person and key: asked by the trigger that takes
   approvals, whoever writes them. */
CREATE FUNCTION identity.is_passkey_of(credential text, staff text, person text, key bytea) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT EXISTS (SELECT FROM identity.passkey p JOIN identity.staff s USING (staff_id)
    WHERE p.credential_id = credential AND p.staff_id = staff AND p.subject_id = person
      AND p.public_key = key AND s.disabled_at IS NULL);
$$;

GRANT SELECT, INSERT ON identity.passkey TO shop_api;
GRANT UPDATE (counter) ON identity.passkey TO shop_api;
GRANT SELECT, INSERT ON identity.role_grant TO shop_api;
GRANT UPDATE (confirmed_by, confirmed_by_person, confirmed_at, assertion_digest)
  ON identity.role_grant TO shop_api;
-- the worker seeds, exports and erases
GRANT SELECT, INSERT, DELETE ON identity.passkey TO shop_worker;
GRANT SELECT, DELETE ON identity.role_grant, identity.staff_act TO shop_worker;
-- the eraser, which has the login of the audit, holds signatures against the keys
GRANT SELECT (credential_id, staff_id, subject_id, public_key, is_demo, vouched_by,
  vouching_authenticator_data, vouching_client_data, vouching_signature, created_at)
  ON identity.passkey TO shop_audit;

-- libs/consents/src/adapters/sql/shop/10-consents.sql
ALTER TABLE consents.entry
  ADD CONSTRAINT entry_purpose_form CHECK (purpose ~ '^[a-z][a-z_]{0,40}$'),
  ADD CONSTRAINT entry_seq_positive CHECK (seq > 0),
  ADD CONSTRAINT entry_text_version_positive CHECK (text_version > 0),
  ADD CONSTRAINT entry_text_hash_length CHECK (octet_length(text_hash) = 32),
  ADD CONSTRAINT entry_locale_form CHECK (locale ~ '^[a-z]{2}$'),
  ADD CONSTRAINT entry_surface_known CHECK (surface IN ('web', 'app', 'support')),
  ADD CONSTRAINT entry_actor_known CHECK
    (actor = 'subject' OR actor ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$');

CREATE TRIGGER guard_subject_write BEFORE INSERT ON consents.entry
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'purpose');

-- A proof that can be rewritten proves nothing. What is deleted is the erasure's and the retention's business.
CREATE FUNCTION consents.refuse_rewrite() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  RAISE EXCEPTION 'an entry of the consent ledger is not changed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER entry_stays BEFORE UPDATE ON consents.entry
  FOR EACH ROW EXECUTE FUNCTION consents.refuse_rewrite();

-- Decisions follow each other without a gap, so that none is missing from the proof unnoticed.
CREATE FUNCTION consents.follow_on() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF NEW.seq <> 1 + coalesce((SELECT max(e.seq) FROM consents.entry e
      WHERE e.subject_id = NEW.subject_id AND e.purpose = NEW.purpose), 0) THEN
    RAISE EXCEPTION 'the decisions about % leave a gap', NEW.purpose USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entry_follows BEFORE INSERT ON consents.entry
  FOR EACH ROW EXECUTE FUNCTION consents.follow_on();

ALTER TABLE consents.suppression
  ADD CONSTRAINT suppression_digest_length CHECK (octet_length(digest) = 32);

GRANT USAGE ON SCHEMA consents TO shop_api, shop_worker, shop_audit;
GRANT SELECT, INSERT ON consents.entry TO shop_api, shop_worker;
GRANT DELETE ON consents.entry TO shop_worker;
GRANT SELECT, INSERT ON consents.suppression TO shop_api, shop_worker;
GRANT DELETE ON consents.suppression TO shop_api;
GRANT SELECT (purpose, seq, is_granted, text_version, text_hash, locale, surface, decided_at)
  ON consents.entry TO shop_audit;
GRANT SELECT ON consents.suppression TO shop_audit;

-- libs/carts/src/adapters/sql/shop/10-carts.sql
ALTER TABLE carts.cart
  ADD CONSTRAINT cart_id_form CHECK (cart_id ~ '^crt_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT cart_owner_kind_known CHECK (owner_kind IN ('shopper', 'guest')),
  ADD CONSTRAINT cart_sales_channel_form CHECK (sales_channel_id ~ '^[a-z][a-z0-9-]{0,31}$'),
  ADD CONSTRAINT cart_status_known CHECK (status IN ('open', 'merged', 'ordering', 'ordered')),
  ADD CONSTRAINT cart_version_positive CHECK (version > 0),
  ADD CONSTRAINT cart_merged_names_target CHECK ((status = 'merged') = (merged_into IS NOT NULL)),
  ADD CONSTRAINT cart_ordered_names_order CHECK
    (status NOT IN ('ordering', 'ordered') OR order_id IS NOT NULL),
  ADD CONSTRAINT cart_only_guests_merge CHECK (status <> 'merged' OR owner_kind = 'guest'),
  ADD CONSTRAINT cart_not_into_itself CHECK (merged_into <> cart_id);

ALTER TABLE carts.cart_line_slot
  ADD CONSTRAINT cart_line_slot_sku_form CHECK (sku ~ '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$'),
  ADD CONSTRAINT cart_line_slot_replica_form CHECK (replica ~ '^[0-9a-z]{16,32}$'),
  ADD CONSTRAINT cart_line_slot_not_negative CHECK
    (least(added_seq, up, down, removed_seq, removed_up, removed_down) >= 0),
  -- sums of the slots of one line stay within what JSON carries exactly
  ADD CONSTRAINT cart_line_slot_bounded CHECK
    (greatest(added_seq, up, down, removed_seq, removed_up, removed_down) <= 250000000000000);

ALTER TABLE carts.cart_replica
  ADD CONSTRAINT cart_replica_form CHECK (replica ~ '^[0-9a-z]{16,32}$'),
  ADD CONSTRAINT cart_replica_seq_range CHECK (through_seq BETWEEN 0 AND 2147483647);

ALTER TABLE carts.cart_waiting_edit
  ADD CONSTRAINT cart_waiting_edit_replica_form CHECK (replica ~ '^[0-9a-z]{16,32}$'),
  ADD CONSTRAINT cart_waiting_edit_seq_range CHECK (seq BETWEEN 2 AND 2147483647),
  ADD CONSTRAINT cart_waiting_edit_op_known CHECK (op ->> 'type' IN ('add', 'take', 'remove')),
  ADD CONSTRAINT cart_waiting_edit_op_short CHECK (length(op::text) <= 8192);

-- A version rises with what is in a cart and never falls, a closed cart stays closed, a cart under order waits for that order, and nobody takes
-- a cart over.
CREATE FUNCTION carts.guard_cart_update() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF NEW.version < OLD.version OR (NEW.version = OLD.version AND NEW.status = OLD.status) THEN
    RAISE EXCEPTION 'the version of cart % would not rise', OLD.cart_id USING ERRCODE = 'check_violation';
  END IF;
  IF NOT (OLD.status = 'open' AND NEW.status IN ('open', 'merged', 'ordering')
      OR OLD.status = 'ordering' AND NEW.status IN ('open', 'ordered') AND NEW.order_id = OLD.order_id) THEN
    RAISE EXCEPTION 'cart % is % and cannot become %', OLD.cart_id, OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.cart_id, NEW.subject_id, NEW.owner_kind, NEW.sales_channel_id, NEW.created_at)
     IS DISTINCT FROM
     (OLD.cart_id, OLD.subject_id, OLD.owner_kind, OLD.sales_channel_id, OLD.created_at) THEN
    RAISE EXCEPTION 'the identity of cart % may not change', OLD.cart_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_cart_update BEFORE UPDATE ON carts.cart
  FOR EACH ROW EXECUTE FUNCTION carts.guard_cart_update();

-- An edit is a personal write, told by its instant; a guest is nobody we know, so nothing guards a guest.
CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON carts.cart
  FOR EACH ROW WHEN (NEW.owner_kind = 'shopper')
  EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'changed_at');

GRANT USAGE ON SCHEMA carts TO shop_api, shop_worker, shop_audit;
GRANT SELECT, INSERT, UPDATE ON carts.cart TO shop_api, shop_worker;
GRANT SELECT, INSERT, UPDATE, DELETE
  ON carts.cart_line_slot, carts.cart_replica, carts.cart_waiting_edit TO shop_api, shop_worker;
-- the worker erases people
GRANT DELETE ON carts.cart TO shop_worker;
GRANT SELECT (cart_id, owner_kind, sales_channel_id, status, version, order_id, created_at, changed_at)
  ON carts.cart TO shop_audit;

-- libs/inventory/src/adapters/sql/shop/10-checks.sql
-- What every row must satisfy, whoever writes it.

ALTER TABLE inventory.stock_pool
  ADD CONSTRAINT stock_pool_is_named_by_its_parts
    CHECK (pool_id = warehouse || '/' || sku),
  ADD CONSTRAINT stock_pool_warehouse_is_plain
    CHECK (warehouse ~ '^[a-z][a-z0-9-]{1,31}$'),
  ADD CONSTRAINT stock_pool_sku_is_plain
    CHECK (sku ~ '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$'),
  ADD CONSTRAINT stock_pool_home_is_a_cell
    CHECK (home_cell ~ '^[a-z]{2}-[1-9][0-9]{0,2}$');

-- Half of each page stays free, so that an update of a hot row finds room beside its old version.
ALTER TABLE inventory.escrow SET (fillfactor = 50);
ALTER TABLE inventory.escrow
  ADD CONSTRAINT escrow_is_not_negative CHECK (
    minted >= 0 AND applied >= 0 AND free >= 0 AND held >= 0 AND sold >= 0
    AND shipped >= 0 AND granted >= 0 AND written_off >= 0 AND credits >= 0
    AND deficit >= 0 AND safety >= 0 AND quarantine >= 0 AND suspense >= 0
    AND transferred >= 0 AND dispatched >= 0 AND documents >= 0),
  ADD CONSTRAINT escrow_balances CHECK (
    minted + applied + deficit - granted - written_off - transferred
    = free + held + sold + shipped + safety + quarantine + suspense),
  ADD CONSTRAINT escrow_sells_nothing_while_it_owes CHECK (deficit = 0 OR free = 0),
  ADD CONSTRAINT escrow_stripe_is_not_negative CHECK (stripe >= 0),
  ADD CONSTRAINT escrow_belongs_to_a_pool
    FOREIGN KEY (pool_id) REFERENCES inventory.stock_pool (pool_id);

ALTER TABLE inventory.quota_channel SET (fillfactor = 70);
ALTER TABLE inventory.quota_channel
  ADD CONSTRAINT quota_channel_totals_are_in_order CHECK (
    peer_acked_total >= 0 AND peer_acked_total <= granted_total AND applied_total >= 0
    AND grants >= 0),
  ADD CONSTRAINT quota_channel_peer_is_a_cell CHECK (peer ~ '^[a-z]{2}-[1-9][0-9]{0,2}$'),
  ADD CONSTRAINT quota_channel_belongs_to_a_pool
    FOREIGN KEY (pool_id) REFERENCES inventory.stock_pool (pool_id);

-- Each sale leaves a row that nobody sees any more: vacuumed by their number, not once a fifth of a growing history is such.
ALTER TABLE inventory.reservation SET (fillfactor = 80, autovacuum_vacuum_threshold = 20000,
  autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE inventory.reservation
  ADD CONSTRAINT reservation_holds_something CHECK (quantity > 0),
  ADD CONSTRAINT reservation_state_is_known CHECK (
    state IN ('HELD', 'CONFIRMED', 'RELEASED', 'EXPIRED', 'CANCELLED', 'SHIPPED')),
  ADD CONSTRAINT reservation_order_is_an_id CHECK (
    order_id ~ '^ord_[a-z]{2}-[1-9][0-9]{0,2}_[0-9a-z]{26}$');
CREATE INDEX reservation_due ON inventory.reservation (expires_at) WHERE state = 'HELD';

ALTER TABLE inventory.stock_document
  ADD CONSTRAINT stock_document_kind_is_known CHECK (kind IN (
    'mint', 'writeOff', 'setAside', 'clear', 'keepSafe', 'transfer', 'count', 'dispatch', 'resolve')),
  ADD CONSTRAINT stock_document_says_how_many CHECK (
    quantity > 0 OR quantity = 0 AND kind IN ('keepSafe', 'count')),
  ADD CONSTRAINT stock_document_says_where CHECK (
    CASE WHEN kind IN ('mint', 'writeOff') THEN place IN ('FREE', 'QUARANTINE') AND place IS NOT NULL
      ELSE place IS NULL END),
  ADD CONSTRAINT stock_document_says_when CHECK (
    CASE kind WHEN 'count' THEN position >= 0 AND position IS NOT NULL ELSE position IS NULL END),
  ADD CONSTRAINT stock_document_belongs_to_a_pool
    FOREIGN KEY (pool_id) REFERENCES inventory.stock_pool (pool_id);

ALTER TABLE inventory.escrow_journal
  ADD CONSTRAINT escrow_journal_moves_something CHECK (quantity > 0),
  ADD CONSTRAINT escrow_journal_movement_is_known CHECK (movement IN (
    'MINT', 'MINT_TO_QUARANTINE', 'APPLY', 'APPLY_TO_SUSPENSE', 'RESERVE', 'CONFIRM', 'RELEASE',
    'EXPIRE', 'CANCEL', 'SHIP', 'GRANT', 'GRANT_FROM_SUSPENSE', 'GRANT_FROM_DEFICIT', 'READOPT',
    'READOPT_FROM_SUSPENSE', 'READOPT_FROM_DEFICIT', 'WRITE_OFF', 'WRITE_OFF_FROM_SAFETY',
    'WRITE_OFF_FROM_QUARANTINE', 'WRITE_OFF_FROM_DEFICIT', 'SET_ASIDE', 'SET_ASIDE_FROM_DEFICIT',
    'CLEAR', 'KEEP_SAFE', 'FREE_SAFETY', 'TRANSFER', 'RESOLVE', 'SETTLE'));

ALTER TABLE inventory.stock_refusal
  ADD CONSTRAINT stock_refusal_is_a_shortage CHECK (available >= 0 AND available < quantity),
  ADD CONSTRAINT stock_refusal_took_time CHECK (started_at <= ended_at);

ALTER TABLE inventory.cell_epoch
  ADD CONSTRAINT cell_epoch_state_is_known
    CHECK (state IN ('ACTIVE', 'DRAINING', 'FENCED', 'RECOVERING')),
  ADD CONSTRAINT cell_epoch_is_positive CHECK (epoch >= 1);

ALTER TABLE inventory.peer_epoch
  ADD CONSTRAINT peer_epoch_is_positive CHECK (epoch >= 1),
  ADD CONSTRAINT peer_epoch_peer_is_a_cell CHECK (peer ~ '^[a-z]{2}-[1-9][0-9]{0,2}$');

ALTER TABLE inventory.recovery
  ADD CONSTRAINT recovery_raises_the_epoch CHECK (mends_epoch >= 1 AND epoch > mends_epoch),
  ADD CONSTRAINT recovery_places_are_in_order CHECK (mends_after >= 0 AND starts_after >= mends_after);

-- libs/inventory/src/adapters/sql/shop/20-monotone.sql
-- What may never be undone: totals fall, endings change, history is rewritten. The guards stand in the
-- WHEN clauses, so a lawful write pays a comparison and no function call.

CREATE FUNCTION inventory.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on inventory.% would undo what is final', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER totals_only_rise BEFORE UPDATE ON inventory.quota_channel FOR EACH ROW
  WHEN (NEW.granted_total < OLD.granted_total OR NEW.applied_total < OLD.applied_total
    OR NEW.peer_acked_total < OLD.peer_acked_total OR NEW.grants < OLD.grants
    OR NEW.pool_id <> OLD.pool_id OR NEW.peer <> OLD.peer)
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER channel_stays BEFORE DELETE ON inventory.quota_channel FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();

CREATE TRIGGER counters_only_rise BEFORE UPDATE ON inventory.escrow FOR EACH ROW
  WHEN (NEW.minted < OLD.minted OR NEW.applied < OLD.applied OR NEW.granted < OLD.granted
    OR NEW.shipped < OLD.shipped OR NEW.written_off < OLD.written_off
    OR NEW.transferred < OLD.transferred OR NEW.dispatched < OLD.dispatched
    OR NEW.documents < OLD.documents OR NEW.credits < OLD.credits OR NEW.pool_id <> OLD.pool_id OR NEW.stripe <> OLD.stripe)
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER balance_stays BEFORE DELETE ON inventory.escrow FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();

-- One batch may sell what is held and cancel or ship it too: then the row goes from HELD to that end.
CREATE TRIGGER one_ending BEFORE UPDATE ON inventory.reservation FOR EACH ROW
  WHEN (NEW.pool_id <> OLD.pool_id OR NEW.order_id <> OLD.order_id
    OR NEW.quantity <> OLD.quantity OR NEW.expires_at <> OLD.expires_at
    OR NEW.state = OLD.state
    OR NOT (OLD.state = 'HELD' OR OLD.state = 'CONFIRMED' AND NEW.state IN ('CANCELLED', 'SHIPPED')))
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER reservation_stays BEFORE DELETE ON inventory.reservation FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();

CREATE TRIGGER history_stays BEFORE UPDATE OR DELETE ON inventory.escrow_journal FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER history_is_not_emptied BEFORE TRUNCATE ON inventory.escrow_journal
  FOR EACH STATEMENT EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER document_stays BEFORE UPDATE OR DELETE ON inventory.stock_document FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER refusal_stays BEFORE UPDATE OR DELETE ON inventory.stock_refusal FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER epoch_only_rises BEFORE UPDATE ON inventory.cell_epoch FOR EACH ROW
  WHEN (NEW.epoch < OLD.epoch OR NEW.cell <> OLD.cell)
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER heard_epoch_only_rises BEFORE UPDATE ON inventory.peer_epoch FOR EACH ROW
  WHEN (NEW.epoch < OLD.epoch OR NEW.peer <> OLD.peer)
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER heard_epoch_stays BEFORE DELETE ON inventory.peer_epoch FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER recovery_is_ended_once BEFORE UPDATE ON inventory.recovery FOR EACH ROW
  WHEN (OLD.ended_at IS NOT NULL OR NEW.epoch <> OLD.epoch OR NEW.starts_after <> OLD.starts_after
    OR NEW.mends_epoch <> OLD.mends_epoch OR NEW.mends_after <> OLD.mends_after)
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER recovery_stays BEFORE DELETE ON inventory.recovery FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();

-- libs/inventory/src/adapters/sql/shop/25-warehouse.sql
-- What the warehouse and a repair do to the balances of a pool: parts of inventory.apply that a
-- reservation never calls. They say the same as src/domain/warehouse.ts and src/domain/accounts.ts.

-- How many of `quantity` each account in turn can give; the last part is what they lack.
CREATE FUNCTION inventory.share(quantity bigint, there bigint[]) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  parts bigint[] := '{}'; units bigint;
BEGIN
  FOREACH units IN ARRAY there LOOP
    units := least(quantity, units);
    parts := parts || units;
    quantity := quantity - units;
  END LOOP;
  RETURN parts || quantity;
END $$;

CREATE FUNCTION inventory.document_outcome(kind text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE kind
    WHEN 'mint' THEN 'MINTED' WHEN 'writeOff' THEN 'WRITTEN_OFF' WHEN 'setAside' THEN 'SET_ASIDE'
    WHEN 'clear' THEN 'CLEARED' WHEN 'keepSafe' THEN 'KEPT_SAFE' WHEN 'transfer' THEN 'TRANSFERRED'
    WHEN 'count' THEN 'COUNTED' WHEN 'dispatch' THEN 'DISPATCHED' WHEN 'resolve' THEN 'RESOLVED'
  END
$$;

-- The movements that a document asks for; none at all (NULL) where it is refused or was carried out.
CREATE FUNCTION inventory.plan_document(deed inventory.stock_document,
  written inventory.stock_document, books inventory.escrow, is_home boolean, state text,
  OUT outcome text, OUT movements text[], OUT quantities bigint[])
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  units bigint := deed.quantity;
  there bigint := coalesce(CASE
    WHEN deed.kind = 'mint' THEN units
    WHEN deed.kind = 'transfer' THEN books.free
    WHEN deed.kind = 'resolve' THEN books.suspense
    WHEN deed.kind = 'clear' OR deed.place = 'QUARANTINE' THEN books.quarantine
    ELSE books.minted - books.written_off - books.transferred - books.quarantine - books.dispatched
  END, 0);
BEGIN
  outcome := inventory.document_outcome(deed.kind);
  IF written.document_id IS NOT NULL THEN
    IF (written.pool_id, written.kind, written.place, written.quantity, written.position)
      IS DISTINCT FROM (deed.pool_id, deed.kind, deed.place, deed.quantity, deed.position) THEN
      outcome := 'CONFLICT';
    END IF;
  ELSIF NOT is_home AND deed.kind <> 'resolve' THEN
    outcome := 'NOT_HOME';
  ELSIF state <> 'ACTIVE' AND NOT (state = 'DRAINING' AND deed.kind = 'dispatch') THEN
    outcome := 'NOT_ACTIVE';
  ELSIF deed.kind = 'count' THEN
    IF deed.position <> coalesce(books.documents, 0) THEN
      outcome := 'STALE_POSITION';
    ELSE
      movements := ARRAY['MINT', 'WRITE_OFF', 'WRITE_OFF_FROM_SAFETY', 'WRITE_OFF_FROM_DEFICIT'];
      quantities := greatest(units - there, 0)
        || inventory.share(greatest(there - units, 0), ARRAY[books.free, books.safety]);
    END IF;
  ELSIF deed.kind IN ('keepSafe', 'dispatch') THEN
    IF coalesce(books.minted, 0) = 0 THEN
      outcome := 'UNKNOWN_POOL';
    ELSIF deed.kind = 'dispatch' THEN
      movements := '{}'; quantities := '{}';
    ELSE
      movements := ARRAY['KEEP_SAFE', 'FREE_SAFETY'];
      quantities := ARRAY[greatest(least(units - books.safety, books.free), 0),
        greatest(books.safety - units, 0)];
    END IF;
  ELSIF there < units THEN
    outcome := 'SHORT';
  ELSIF deed.kind = 'writeOff' AND deed.place = 'FREE' THEN
    movements := ARRAY['WRITE_OFF', 'WRITE_OFF_FROM_SAFETY', 'WRITE_OFF_FROM_DEFICIT'];
    quantities := inventory.share(units, ARRAY[books.free, books.safety]);
  ELSIF deed.kind = 'setAside' THEN
    movements := ARRAY['SET_ASIDE', 'SET_ASIDE_FROM_DEFICIT'];
    quantities := inventory.share(units, ARRAY[books.free]);
  ELSE
    movements := ARRAY[CASE deed.kind
      WHEN 'mint' THEN CASE deed.place WHEN 'FREE' THEN 'MINT' ELSE 'MINT_TO_QUARANTINE' END
      WHEN 'writeOff' THEN 'WRITE_OFF_FROM_QUARANTINE'
      WHEN 'clear' THEN 'CLEAR' WHEN 'transfer' THEN 'TRANSFER' WHEN 'resolve' THEN 'RESOLVE'
    END];
    quantities := ARRAY[units];
  END IF;
END $$;

-- The balances after one movement of a document, a repair or a debt that is paid.
CREATE FUNCTION inventory.move(books inventory.escrow, movement text, quantity bigint)
RETURNS inventory.escrow
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  CASE movement
  WHEN 'MINT', 'MINT_TO_QUARANTINE' THEN books.minted := books.minted + quantity;
  WHEN 'APPLY_TO_SUSPENSE' THEN books.applied := books.applied + quantity;
  WHEN 'GRANT_FROM_DEFICIT', 'READOPT_FROM_DEFICIT', 'WRITE_OFF_FROM_DEFICIT',
    'SET_ASIDE_FROM_DEFICIT' THEN books.deficit := books.deficit + quantity;
  WHEN 'GRANT', 'READOPT', 'WRITE_OFF', 'SET_ASIDE', 'KEEP_SAFE', 'TRANSFER', 'SETTLE' THEN
    books.free := books.free - quantity;
  WHEN 'CONFIRM', 'RELEASE', 'EXPIRE' THEN books.held := books.held - quantity;
  WHEN 'CANCEL', 'SHIP' THEN books.sold := books.sold - quantity;
  WHEN 'WRITE_OFF_FROM_SAFETY', 'FREE_SAFETY' THEN books.safety := books.safety - quantity;
  WHEN 'WRITE_OFF_FROM_QUARANTINE', 'CLEAR' THEN
    books.quarantine := books.quarantine - quantity;
  WHEN 'GRANT_FROM_SUSPENSE', 'READOPT_FROM_SUSPENSE', 'RESOLVE' THEN
    books.suspense := books.suspense - quantity;
  END CASE;
  CASE movement
  WHEN 'MINT', 'CLEAR', 'FREE_SAFETY', 'RESOLVE', 'RELEASE', 'EXPIRE', 'CANCEL' THEN
    books.free := books.free + quantity; books.credits := books.credits + 1;
  WHEN 'APPLY_TO_SUSPENSE' THEN
    books.suspense := books.suspense + quantity; books.credits := books.credits + 1;
  WHEN 'READOPT', 'READOPT_FROM_SUSPENSE', 'READOPT_FROM_DEFICIT' THEN
    books.held := books.held + quantity;
  WHEN 'CONFIRM' THEN books.sold := books.sold + quantity;
  WHEN 'SHIP' THEN books.shipped := books.shipped + quantity;
  WHEN 'KEEP_SAFE' THEN books.safety := books.safety + quantity;
  WHEN 'MINT_TO_QUARANTINE', 'SET_ASIDE', 'SET_ASIDE_FROM_DEFICIT' THEN
    books.quarantine := books.quarantine + quantity;
  WHEN 'GRANT', 'GRANT_FROM_SUSPENSE', 'GRANT_FROM_DEFICIT' THEN
    books.granted := books.granted + quantity;
  WHEN 'WRITE_OFF', 'WRITE_OFF_FROM_SAFETY', 'WRITE_OFF_FROM_QUARANTINE',
    'WRITE_OFF_FROM_DEFICIT' THEN books.written_off := books.written_off + quantity;
  WHEN 'TRANSFER' THEN books.transferred := books.transferred + quantity;
  WHEN 'SETTLE' THEN books.deficit := books.deficit - quantity;
  END CASE;
  RETURN books;
END $$;

-- Books after movements, with those that took place: what moves nothing is left out, and what has come
-- free pays a debt first.
CREATE FUNCTION inventory.post(INOUT books inventory.escrow, INOUT movements text[],
  INOUT quantities bigint[])
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  planned text[] := movements; units bigint[] := quantities; owed bigint;
BEGIN
  movements := '{}'; quantities := '{}';
  FOR k IN 1..cardinality(planned) LOOP
    CONTINUE WHEN units[k] = 0;
    books := inventory.move(books, planned[k], units[k]);
    movements := movements || planned[k]; quantities := quantities || units[k];
  END LOOP;
  owed := least(books.free, books.deficit);
  IF owed > 0 THEN
    books := inventory.move(books, 'SETTLE', owed);
    movements := movements || 'SETTLE'::text; quantities := quantities || owed;
  END IF;
END $$;

-- libs/inventory/src/adapters/sql/shop/26-lost-cells.sql
-- Cells that people have declared lost, and what a recovery leaves for people to decide.

ALTER TABLE inventory.lost_cell
  ADD CONSTRAINT lost_cell_peer_is_a_cell CHECK (peer ~ '^[a-z]{2}-[1-9][0-9]{0,2}$'),
  ADD CONSTRAINT lost_cell_fence_is_known CHECK (
    fence IN ('ingress-closed', 'credentials-revoked', 'power-off', 'destroyed')),
  ADD CONSTRAINT lost_cell_staff_form CHECK (
    proposed_by ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'
    AND approved_by ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT lost_cell_four_eyes CHECK (approved_by <> proposed_by),
  ADD CONSTRAINT lost_cell_is_approved_whole CHECK (
    num_nulls(approved_by, approved_at, closed_below) IN (0, 3)),
  ADD CONSTRAINT lost_cell_returns_after_approval CHECK (returned_at IS NULL OR approved_at IS NOT NULL);
CREATE UNIQUE INDEX lost_cell_once ON inventory.lost_cell (peer)
  WHERE approved_at IS NOT NULL AND returned_at IS NULL;
ALTER TABLE inventory.lost_cell_claim
  ADD CONSTRAINT lost_cell_claim_takes_something CHECK (quantity > 0 AND applied_then >= 0),
  ADD CONSTRAINT lost_cell_claim_is_declared
    FOREIGN KEY (declaration_id) REFERENCES inventory.lost_cell (declaration_id);
ALTER TABLE inventory.recovery_case
  ADD CONSTRAINT recovery_case_kind_is_known CHECK (
    kind IN ('AT_RISK_UNITS', 'SUSPENDED_UNITS', 'OWED_UNITS', 'FORGOTTEN_SALE')),
  ADD CONSTRAINT recovery_case_is_about_units CHECK (quantity > 0),
  ADD CONSTRAINT recovery_case_decision_fits CHECK (
    CASE kind WHEN 'FORGOTTEN_SALE' THEN decision IN ('kept', 'cancelled', 'substituted', 'back-ordered')
      WHEN 'OWED_UNITS' THEN decision = 'settled' ELSE decision = 'counted' END),
  ADD CONSTRAINT recovery_case_is_decided_whole CHECK (
    num_nulls(decision, decided_by, decided_at) IN (0, 3)),
  ADD CONSTRAINT recovery_case_staff_form CHECK (decided_by ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$');
CREATE UNIQUE INDEX recovery_case_once ON inventory.recovery_case (kind, reference, pool_id)
  WHERE decided_at IS NULL;
CREATE INDEX recovery_case_undecided ON inventory.recovery_case (seq) WHERE decided_at IS NULL;

CREATE TRIGGER lost_cell_is_approved_once BEFORE UPDATE ON inventory.lost_cell FOR EACH ROW
  WHEN (NEW.declaration_id <> OLD.declaration_id OR NEW.peer <> OLD.peer OR NEW.fence <> OLD.fence
    OR NEW.proposed_by <> OLD.proposed_by OR NEW.proposed_at <> OLD.proposed_at
    OR OLD.approved_at IS NOT NULL AND (NEW.approved_by, NEW.approved_at, NEW.closed_below)
      IS DISTINCT FROM (OLD.approved_by, OLD.approved_at, OLD.closed_below)
    OR OLD.returned_at IS NOT NULL)
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER lost_cell_stays BEFORE DELETE ON inventory.lost_cell FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER claim_is_fixed_once BEFORE UPDATE ON inventory.lost_cell_claim FOR EACH ROW
  WHEN (OLD.applied_then IS NOT NULL OR NEW.declaration_id <> OLD.declaration_id
    OR NEW.pool_id <> OLD.pool_id OR NEW.quantity <> OLD.quantity)
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER claim_stays BEFORE DELETE ON inventory.lost_cell_claim FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER case_is_decided_once BEFORE UPDATE ON inventory.recovery_case FOR EACH ROW
  WHEN (OLD.decided_at IS NOT NULL OR NEW.seq <> OLD.seq OR NEW.kind <> OLD.kind
    OR NEW.pool_id <> OLD.pool_id OR NEW.reference <> OLD.reference
    OR NEW.quantity <> OLD.quantity OR NEW.epoch <> OLD.epoch)
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER case_stays BEFORE DELETE ON inventory.recovery_case FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();

-- The second person says so too. Closes the door to all that the lost cell said so far, fixes what is taken back
-- from it, begins a recovery and takes it, as if the lost cell had given it back: in one commit, so that the lost
-- cell, should it come back and ask, is told of all of it. No batch is under way meanwhile. Returns what became of it.
CREATE FUNCTION inventory.declare_lost(declared uuid, approver text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  said inventory.lost_cell; heard int; begun int;
BEGIN
  PERFORM pg_advisory_xact_lock(7305801, 1);
  SELECT l.* INTO said FROM inventory.lost_cell l WHERE l.declaration_id = declared FOR UPDATE;
  IF NOT FOUND THEN
    RETURN 'UNKNOWN';
  ELSIF said.proposed_by = approver THEN
    RETURN 'SAME_PERSON';
  ELSIF said.approved_at IS NOT NULL THEN
    RETURN CASE WHEN said.approved_by = approver THEN 'DECLARED' ELSE 'DECLARED_BEFORE' END;
  ELSIF said.proposed_at < now() - interval '1 hour' THEN
    RETURN 'LAPSED';
  ELSIF EXISTS (SELECT FROM inventory.lost_cell o WHERE o.peer = said.peer
      AND o.approved_at IS NOT NULL AND o.returned_at IS NULL) THEN
    RETURN 'DECLARED_BEFORE';
  ELSIF EXISTS (
    SELECT FROM inventory.lost_cell_claim m
    LEFT JOIN inventory.quota_channel q ON q.pool_id = m.pool_id AND q.peer = said.peer
    WHERE m.declaration_id = declared
      AND m.quantity > coalesce(q.granted_total - q.applied_total, 0)
  ) THEN
    RETURN 'TOO_MANY';
  END IF;
  UPDATE inventory.lost_cell_claim m SET applied_then = q.applied_total
  FROM inventory.quota_channel q
  WHERE m.declaration_id = declared AND q.pool_id = m.pool_id AND q.peer = said.peer;
  SELECT inventory.hear_epoch(said.peer, coalesce(max(h.epoch), 1) + 1) INTO heard
  FROM inventory.peer_epoch h WHERE h.peer = said.peer;
  UPDATE inventory.lost_cell SET approved_by = approver, approved_at = now(), closed_below = heard
  WHERE declaration_id = declared;
  begun := inventory.begin_recovery(0);
  INSERT INTO inventory.recovery_case (epoch, kind, pool_id, reference, quantity)
  SELECT begun, 'AT_RISK_UNITS', m.pool_id, said.peer, m.quantity
  FROM inventory.lost_cell_claim m WHERE m.declaration_id = declared ORDER BY m.pool_id
  ON CONFLICT DO NOTHING;
  PERFORM inventory.apply(jsonb_agg(jsonb_build_object('kind', 'repair', 'pool', m.pool_id,
    'home', s.home_cell, 'peer', said.peer, 'granted', m.applied_then + m.quantity, 'applied', 0)))
  FROM inventory.lost_cell_claim m JOIN inventory.stock_pool s USING (pool_id)
  WHERE m.declaration_id = declared HAVING count(*) > 0;
  RETURN 'DECLARED';
END $$;

-- What a recovery leaves for people, a page at a time: there may be as many cases as units were sold since the backup, and
-- a transaction of the worker has its time. Each is opened once, however often a recovery comes to its end.
CREATE INDEX escrow_in_doubt ON inventory.escrow (pool_id) WHERE suspense > 0 OR deficit > 0;

-- Units that may have been sold and units that are owed, of pools behind `after`. Returns the last pool of a full page.
CREATE FUNCTION inventory.open_unit_cases(mended int, after text, pools_max int) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
  WITH page AS MATERIALIZED (
    SELECT e.pool_id, e.suspense, e.deficit FROM inventory.escrow e
    WHERE (e.suspense > 0 OR e.deficit > 0) AND e.stripe = 0 AND e.pool_id > after
    ORDER BY e.pool_id LIMIT pools_max
  ), opened AS (
    INSERT INTO inventory.recovery_case (epoch, kind, pool_id, reference, quantity)
    SELECT mended, u.kind, p.pool_id, p.pool_id, u.quantity
    FROM page p
    LEFT JOIN LATERAL (
      SELECT sum(c.quantity)::bigint AS units FROM inventory.recovery_case c
      WHERE c.kind = 'AT_RISK_UNITS' AND c.pool_id = p.pool_id AND c.decided_at IS NULL
    ) AS risk ON p.suspense > 0
    CROSS JOIN LATERAL (VALUES
      -- those at risk have a case of their own
      ('SUSPENDED_UNITS', p.suspense - coalesce(risk.units, 0)), ('OWED_UNITS', p.deficit)
    ) AS u(kind, quantity)
    WHERE u.quantity > 0 ORDER BY p.pool_id, u.kind
    ON CONFLICT DO NOTHING
  )
  SELECT max(p.pool_id) FROM page p HAVING count(*) = pools_max
$$;

-- Sales that the books had forgotten, whose orders they may lack, by entries of the journal behind `after`. Returns the place
-- of the last entry of a full page.
CREATE FUNCTION inventory.open_sale_cases(mended int, after bigint, entries_max int) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
  WITH page AS MATERIALIZED (
    SELECT j.seq, j.movement, j.reference FROM inventory.escrow_journal j
    WHERE j.seq > after ORDER BY j.seq LIMIT entries_max
  ), opened AS (
    INSERT INTO inventory.recovery_case (epoch, kind, pool_id, reference, quantity)
    SELECT mended, 'FORGOTTEN_SALE', r.pool_id, r.reservation_id::text, r.quantity
    FROM (
      SELECT DISTINCT p.reference FROM page p WHERE p.movement IN (
        'READOPT', 'READOPT_FROM_SUSPENSE', 'READOPT_FROM_DEFICIT', 'CONFIRM')
    ) w
    JOIN inventory.reservation r ON r.reservation_id = w.reference::uuid
    WHERE r.state IN ('CONFIRMED', 'SHIPPED') ORDER BY r.reservation_id
    ON CONFLICT DO NOTHING
  )
  SELECT max(p.seq) FROM page p HAVING count(*) = entries_max
$$;

REVOKE EXECUTE ON FUNCTION inventory.declare_lost(uuid, text),
  inventory.open_unit_cases(int, text, int), inventory.open_sale_cases(int, bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.open_unit_cases(int, text, int),
  inventory.open_sale_cases(int, bigint, int) TO shop_worker;
GRANT EXECUTE ON FUNCTION inventory.declare_lost(uuid, text) TO shop_api;
-- who approves and what that fixes is written by declare_lost alone
GRANT SELECT, INSERT (declaration_id, peer, fence, proposed_by) ON inventory.lost_cell TO shop_api;
GRANT SELECT, INSERT (declaration_id, pool_id, quantity) ON inventory.lost_cell_claim TO shop_api;
GRANT SELECT ON inventory.lost_cell, inventory.lost_cell_claim TO shop_worker, shop_audit;
GRANT SELECT (peer, approved_at, returned_at) ON inventory.lost_cell TO shop_border;
GRANT SELECT, UPDATE (decision, decided_by, decided_at) ON inventory.recovery_case TO shop_api;
GRANT SELECT ON inventory.recovery_case TO shop_audit;

-- libs/inventory/src/adapters/sql/shop/27-recovery.sql
-- Epochs, and what a recovery does to the books. They say the same as src/domain/recovery.ts.

-- Every batch of inventory.apply shares the lock that is taken here, so no batch is half way when the
-- state changes, and none that begins afterwards sees the old one. `witnessed` is the newest epoch of this
-- cell that anybody outside of the database has heard. Returns the epoch of the recovery; begun again with
-- no newer witness, it changes nothing.
CREATE FUNCTION inventory.begin_recovery(witnessed int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  was inventory.cell_epoch; place bigint; begun int;
BEGIN
  PERFORM pg_advisory_xact_lock(7305801, 1);
  INSERT INTO inventory.cell_epoch (cell) SELECT i.cell FROM cell.identity i ON CONFLICT DO NOTHING;
  SELECT e.* INTO STRICT was FROM inventory.cell_epoch e JOIN cell.identity i USING (cell);
  IF was.state = 'RECOVERING' AND was.epoch > witnessed THEN
    -- what is repeated here may not be on the standby yet; a commit that writes waits for it
    PERFORM pg_logical_emit_message(true, 'inventory', '');
    RETURN was.epoch;
  END IF;
  begun := greatest(was.epoch, witnessed) + 1;
  SELECT coalesce(max(j.seq), 0) INTO place FROM inventory.escrow_journal j;
  -- A recovery that was not ended is gone on with: what it had to mend is still to be mended.
  INSERT INTO inventory.recovery (epoch, starts_after, mends_epoch, mends_after)
  SELECT begun, place, coalesce(r.mends_epoch, was.epoch), coalesce(r.mends_after, place)
  FROM (VALUES (was.epoch)) AS o(epoch)
  LEFT JOIN inventory.recovery r
    ON r.epoch = o.epoch AND r.ended_at IS NULL AND was.state = 'RECOVERING';
  UPDATE inventory.cell_epoch SET state = 'RECOVERING', epoch = begun, changed_at = now()
  WHERE cell = was.cell;
  RETURN begun;
END $$;

-- The books have all that the cell's own witness knows: from here on a peer that recovers too may be told of them.
CREATE FUNCTION inventory.note_remembered(mended int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE inventory.recovery SET remembered_at = now()
  WHERE epoch = mended AND remembered_at IS NULL AND ended_at IS NULL
$$;

-- False where a newer recovery was begun meanwhile, or none is going on.
CREATE FUNCTION inventory.end_recovery(mended int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7305801, 1);
  UPDATE inventory.cell_epoch e SET state = 'ACTIVE', changed_at = now()
  FROM cell.identity i
  WHERE i.cell = e.cell AND e.state = 'RECOVERING' AND e.epoch = mended;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE inventory.recovery SET ended_at = now() WHERE epoch = mended;
  RETURN true;
END $$;

-- Notes the epoch in which a peer speaks, once every batch that may have taken in an older one has ended:
-- what is read afterwards is the whole of what was taken in. Returns the newest epoch heard of the peer.
CREATE FUNCTION inventory.hear_epoch(speaker text, spoken int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  heard int;
BEGIN
  SELECT h.epoch INTO heard FROM inventory.peer_epoch h WHERE h.peer = speaker;
  IF coalesce(heard, 1) >= spoken THEN
    PERFORM pg_logical_emit_message(true, 'inventory', '');
    RETURN coalesce(heard, 1);
  END IF;
  PERFORM pg_advisory_xact_lock(7305801, 1);
  INSERT INTO inventory.peer_epoch AS h (peer, epoch) VALUES (speaker, spoken)
  ON CONFLICT (peer) DO UPDATE SET epoch = greatest(h.epoch, excluded.epoch), heard_at = now()
  RETURNING h.epoch INTO heard;
  RETURN heard;
END $$;

-- A cell that was declared lost recovers in this epoch and was told all that was taken back from it. It may have come to
-- the epoch below which the door was closed by itself, as it recovers too or took this cell for lost.
CREATE FUNCTION inventory.note_return(speaker text, spoken int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE inventory.lost_cell SET returned_at = now()
  WHERE peer = speaker AND closed_below <= spoken AND returned_at IS NULL
$$;

-- The edges that lead from a state of a reservation to a later one; NULL where none do.
CREATE FUNCTION inventory.way_to(state text, was text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN state = was THEN '{}'
    WHEN was = 'HELD' THEN CASE state
      WHEN 'CONFIRMED' THEN ARRAY['CONFIRM'] WHEN 'RELEASED' THEN ARRAY['RELEASE']
      WHEN 'EXPIRED' THEN ARRAY['EXPIRE'] WHEN 'CANCELLED' THEN ARRAY['CONFIRM', 'CANCEL']
      WHEN 'SHIPPED' THEN ARRAY['CONFIRM', 'SHIP'] END
    WHEN was = 'CONFIRMED' THEN CASE state
      WHEN 'CANCELLED' THEN ARRAY['CANCEL'] WHEN 'SHIPPED' THEN ARRAY['SHIP'] END
  END
$$;

-- The movements that bring a reservation of which the books know `was`, or nothing, to where a witness has
-- it; NULL where the books know as much as that or more.
CREATE FUNCTION inventory.plan_readopt(state text, was text, units bigint, books inventory.escrow,
  OUT movements text[], OUT quantities bigint[])
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  way text[] := inventory.way_to(state, coalesce(was, 'HELD'));
BEGIN
  IF was IS NULL AND state IN ('RELEASED', 'EXPIRED', 'CANCELLED') THEN
    movements := '{}'; quantities := '{}';
  ELSIF was IS NULL THEN
    movements := ARRAY['READOPT_FROM_SUSPENSE', 'READOPT', 'READOPT_FROM_DEFICIT'] || way;
    quantities := inventory.share(units, ARRAY[books.suspense, books.free])
      || array_fill(units, ARRAY[cardinality(way)]);
  ELSIF cardinality(way) > 0 THEN
    movements := way; quantities := array_fill(units, ARRAY[cardinality(way)]);
  END IF;
END $$;

-- libs/inventory/src/adapters/sql/shop/28-books.sql
-- Opening books and reading positions: parts of inventory.apply that a reservation of what is there never
-- calls.

-- A cell opens books for a pool when its first units may arrive: by a document at home, from a peer, or by
-- what a recovery brings back.
CREATE FUNCTION inventory.open_books(kinds text[], pools text[], homes text[], totals bigint[],
  own_cell text, state text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO inventory.stock_pool (pool_id, sku, warehouse, home_cell)
  SELECT DISTINCT ON (u.pool) u.pool, split_part(u.pool, '/', 2), split_part(u.pool, '/', 1), u.home
  FROM unnest(kinds, pools, homes, totals) WITH ORDINALITY AS u(kind, pool, home, total, i)
  WHERE CASE
    WHEN u.kind IN ('mint', 'count') THEN state = 'ACTIVE' AND u.home = own_cell
    WHEN u.kind = 'apply' THEN state = 'ACTIVE' AND u.total > 0
    ELSE state = 'RECOVERING' AND u.kind IN ('repair', 'readopt') END
  ORDER BY u.pool, u.i
  ON CONFLICT DO NOTHING;
  INSERT INTO inventory.escrow (pool_id)
  SELECT s.pool_id FROM inventory.stock_pool s WHERE s.pool_id = ANY (pools)
  ORDER BY s.pool_id COLLATE "C"
  ON CONFLICT DO NOTHING;
END $$;

-- How these pools stand, without those that this cell has no books of.
CREATE FUNCTION inventory.positions_of(pools text[]) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('pool', e.pool_id, 'free', e.free,
    'credits', e.credits, 'channels', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('peer', q.peer, 'granted', q.granted_total,
        'applied', q.applied_total) ORDER BY q.peer COLLATE "C"), '[]')
      FROM inventory.quota_channel q WHERE q.pool_id = e.pool_id))), '[]')
  FROM inventory.escrow e
  WHERE e.stripe = 0 AND e.pool_id = ANY (pools)
$$;

-- libs/inventory/src/adapters/sql/shop/30-apply.sql
-- inventory.apply: the rules of escrow for a batch of commands, as one call in autocommit.
--
-- It locks the pools of the batch in byte order of their ids, reads what the commands refer to, folds
-- the commands in arrival order over arrays, and writes the outcome set by set: a batch of hundreds
-- costs one row lock per pool and one commit. The fold says the same as `decide` in
-- src/domain/escrow.ts; a spec runs random batches through both and compares.
--
-- Arrays are indexed by command (i), by pool (p), by reservation or document (r) and by channel (c).
-- Balances that only the warehouse, a repair or a debt touches are in `p_books`, which is read where
-- the batch has one of these and costs a reservation nothing.
-- Rows are found by their keys whatever the statistics say: a plan that was made over an empty table would
-- read all of it for each batch, until someone analyzes it.
-- Nothing else writes the stock tables: the function runs as their owner and is the only thing that
-- the cell's processes may call.

CREATE FUNCTION inventory.apply(commands jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  -- the batch
  n int; i int; p int; r int; c int;
  kinds text[]; pools text[]; homes text[]; refs uuid[]; orders text[]; groups text[];
  quantities bigint[]; holds int[]; peers text[]; levels bigint[]; ceilings bigint[];
  ackeds bigint[]; totals bigint[]; epochs int[];
  pool_ix int[]; ref_ix int[]; channel_ix int[];
  pool_count int; ref_count int; channel_count int;
  -- the cell
  own_cell text; own_epoch int; own_state text; active boolean; started timestamptz;
  -- pools
  p_id text[]; p_home text[]; p_free bigint[]; p_held bigint[]; p_sold bigint[]; p_shipped bigint[];
  p_applied bigint[]; p_granted bigint[]; p_credits bigint[]; p_dirty boolean[];
  p_books inventory.escrow[]; books inventory.escrow; has_documents boolean; owing boolean := false;
  -- reservations and documents
  r_state text[]; r_pool text[]; r_order text[]; r_quantity bigint[]; r_expires timestamptz[];
  r_is_new boolean[]; r_dirty boolean[]; d_written inventory.stock_document[];
  d_new inventory.stock_document[]; deed inventory.stock_document;
  -- channels
  c_granted bigint[]; c_applied bigint[]; c_acked bigint[]; c_grants int[]; c_dirty boolean[];
  -- peers, and in which epoch each was heard last
  e_peer text[]; e_epoch int[]; e_ix int; e_dirty boolean := false;
  -- what comes of each command
  v_outcome text[]; v_changed boolean[]; v_free bigint[]; v_total bigint[]; j_movement text[];
  j_quantity bigint[]; g_number int[];
  -- movements beside the one of j_movement, in their order
  movements text[]; units_moved bigint[]; x_i int[]; x_movement text[]; x_quantity bigint[];
  stopped text; row record; said jsonb; units bigint; positions jsonb := '[]';
BEGIN
  SELECT count(*), max(x.p), max(x.r), max(x.c), count(x.document) > 0,
    array_agg(x.kind ORDER BY x.i), array_agg(x.pool ORDER BY x.i), array_agg(x.home ORDER BY x.i),
    array_agg(x.ref ORDER BY x.i), array_agg(x."order" ORDER BY x.i),
    array_agg(x."group" ORDER BY x.i), array_agg(x.quantity ORDER BY x.i),
    array_agg(x."holdSeconds" ORDER BY x.i), array_agg(x.peer ORDER BY x.i),
    array_agg(x.level ORDER BY x.i), array_agg(x.ceiling ORDER BY x.i),
    array_agg(x.acked ORDER BY x.i), array_agg(x.total ORDER BY x.i),
    array_agg(x.epoch ORDER BY x.i), array_agg(x.p ORDER BY x.i), array_agg(x.r ORDER BY x.i),
    array_agg(x.c ORDER BY x.i)
  INTO n, pool_count, ref_count, channel_count, has_documents, kinds, pools, homes, refs, orders, groups,
    quantities, holds, peers, levels, ceilings, ackeds, totals, epochs, pool_ix, ref_ix, channel_ix
  FROM (
    SELECT b.*, coalesce(b.reservation, b.document) AS ref,
      dense_rank() OVER (ORDER BY b.pool COLLATE "C")::int AS p,
      dense_rank() OVER (ORDER BY coalesce(b.reservation, b.document))::int AS r,
      dense_rank() OVER (ORDER BY b.pool COLLATE "C", b.peer COLLATE "C")::int AS c
    FROM ROWS FROM (jsonb_to_recordset(commands) AS (
      kind text, pool text, home text, reservation uuid, document uuid, "order" text, "group" text,
      quantity bigint, "holdSeconds" int, peer text, level bigint, ceiling bigint, acked bigint,
      total bigint, epoch int
    )) WITH ORDINALITY AS b(kind, pool, home, reservation, document, "order", "group", quantity,
      "holdSeconds", peer, level, ceiling, acked, total, epoch, i)
  ) x;
  IF n = 0 THEN
    RETURN '{"outcomes":[],"changed":[],"free":[],"totals":[],"positions":[]}';
  END IF;

  -- A fence takes this lock exclusively before it changes the state of the cell.
  PERFORM pg_advisory_xact_lock_shared(7305801, 1);
  IF 'grant' = ANY (kinds) THEN
    -- One granting batch at a time, from before its first write to its commit: else one that waits
    -- for its second pool could tell a later grant under an earlier transaction id.
    PERFORM pg_advisory_xact_lock(7305801, 2);
  END IF;
  SELECT e.cell, e.epoch, e.state INTO own_cell, own_epoch, own_state
  FROM inventory.cell_epoch e JOIN cell.identity i USING (cell);
  IF own_cell IS NULL THEN
    INSERT INTO inventory.cell_epoch (cell) SELECT i.cell FROM cell.identity i
    ON CONFLICT DO NOTHING;
    SELECT e.cell, e.epoch, e.state INTO own_cell, own_epoch, own_state
    FROM inventory.cell_epoch e JOIN cell.identity i USING (cell);
  END IF;

  active := own_state = 'ACTIVE';

  SELECT array_agg(x.pool ORDER BY x.p) INTO p_id
  FROM (SELECT DISTINCT u.pool, u.p FROM unnest(pools, pool_ix) AS u(pool, p)) x;

  -- Books are opened before the lock, for what may arrive in this batch.
  IF active AND (has_documents OR 'apply' = ANY (kinds)) OR own_state = 'RECOVERING' THEN
    PERFORM inventory.open_books(kinds, pools, homes, totals, own_cell, own_state);
  END IF;

  p_home := array_fill(NULL::text, ARRAY[pool_count]);
  p_free := array_fill(0::bigint, ARRAY[pool_count]);
  p_held := p_free; p_sold := p_free; p_shipped := p_free; p_applied := p_free;
  p_granted := p_free; p_credits := p_free;
  p_dirty := array_fill(false, ARRAY[pool_count]);
  FOR row IN
    SELECT e.*, s.home_cell, u.p
    FROM unnest(p_id) WITH ORDINALITY AS u(pool_id, p)
    JOIN inventory.escrow e ON e.pool_id = u.pool_id AND e.stripe = 0
    JOIN inventory.stock_pool s ON s.pool_id = u.pool_id
    ORDER BY e.pool_id COLLATE "C"
    FOR UPDATE OF e
  LOOP
    p := row.p;
    p_home[p] := row.home_cell; p_free[p] := row.free; p_held[p] := row.held;
    p_sold[p] := row.sold; p_shipped[p] := row.shipped; p_applied[p] := row.applied;
    p_granted[p] := row.granted; p_credits[p] := row.credits;
    IF row.deficit > 0 THEN
      owing := true;
    END IF;
  END LOOP;
  -- Everything below sees what committed before the locks were granted.
  started := clock_timestamp();
  IF owing OR has_documents OR own_state = 'RECOVERING' THEN
    SELECT array_agg(e ORDER BY u.p) INTO p_books
    FROM unnest(p_id) WITH ORDINALITY AS u(pool_id, p)
    LEFT JOIN inventory.escrow e ON e.pool_id = u.pool_id AND e.stripe = 0;
  END IF;

  r_state := array_fill(NULL::text, ARRAY[ref_count]);
  r_pool := r_state; r_order := r_state;
  r_quantity := array_fill(NULL::bigint, ARRAY[ref_count]);
  r_expires := array_fill(NULL::timestamptz, ARRAY[ref_count]);
  r_is_new := array_fill(false, ARRAY[ref_count]);
  r_dirty := r_is_new;
  FOR row IN
    SELECT v.*, u.r FROM (SELECT DISTINCT w.id, w.r FROM unnest(refs, ref_ix) AS w(id, r)) u
    JOIN inventory.reservation v ON v.reservation_id = u.id
  LOOP
    r := row.r;
    r_state[r] := row.state; r_pool[r] := row.pool_id; r_order[r] := row.order_id;
    r_quantity[r] := row.quantity; r_expires[r] := row.expires_at;
  END LOOP;
  IF has_documents THEN
    SELECT array_agg(v ORDER BY u.r) INTO d_written
    FROM (SELECT DISTINCT w.id, w.r FROM unnest(refs, ref_ix) AS w(id, r)) u
    LEFT JOIN inventory.stock_document v ON v.document_id = u.id;
  END IF;

  c_granted := array_fill(0::bigint, ARRAY[channel_count]);
  c_applied := c_granted; c_acked := c_granted;
  c_grants := array_fill(0, ARRAY[channel_count]);
  c_dirty := array_fill(false, ARRAY[channel_count]);
  IF kinds && ARRAY['grant', 'apply', 'ack'] OR own_state = 'RECOVERING' THEN
    FOR row IN
      SELECT q.*, u.c
      FROM (SELECT DISTINCT w.pool, w.peer, w.c FROM unnest(pools, peers, channel_ix)
        AS w(pool, peer, c)) u
      JOIN inventory.quota_channel q ON q.pool_id = u.pool AND q.peer = u.peer
    LOOP
      c := row.c;
      c_granted[c] := row.granted_total; c_applied[c] := row.applied_total;
      c_acked[c] := row.peer_acked_total; c_grants[c] := row.grants;
    END LOOP;
  END IF;
  IF 'apply' = ANY (kinds) THEN
    SELECT array_agg(u.peer ORDER BY u.peer), array_agg(coalesce(h.epoch, 1) ORDER BY u.peer)
    INTO e_peer, e_epoch
    FROM (SELECT DISTINCT w.peer FROM unnest(kinds, peers) AS w(kind, peer) WHERE w.kind = 'apply') u
    LEFT JOIN inventory.peer_epoch h USING (peer);
  END IF;

  v_outcome := array_fill(NULL::text, ARRAY[n]);
  j_movement := v_outcome;
  v_changed := array_fill(false, ARRAY[n]);
  v_free := array_fill(0::bigint, ARRAY[n]);
  v_total := v_free; j_quantity := v_free;
  g_number := array_fill(0, ARRAY[n]);

  FOR i IN 1..n LOOP
    p := pool_ix[i]; r := ref_ix[i]; c := channel_ix[i];
    CASE kinds[i]
    WHEN 'reserve' THEN
      IF r_state[r] IS NOT NULL AND NOT (r_pool[r] = pools[i] AND r_order[r] = orders[i]
        AND r_quantity[r] = quantities[i]) THEN
        v_outcome[i] := 'CONFLICT';
      ELSIF r_state[r] IS NOT NULL
        AND NOT (own_state = 'RECOVERING' AND r_state[r] IN ('HELD', 'CONFIRMED')) THEN
        v_outcome[i] := r_state[r];
      ELSIF stopped = groups[i] THEN
        v_outcome[i] := 'DEFERRED';
      ELSIF NOT active THEN
        v_outcome[i] := 'NOT_ACTIVE'; stopped := groups[i];
      ELSIF p_free[p] < quantities[i] THEN
        v_outcome[i] := 'SHORT'; stopped := groups[i];
      ELSE
        p_free[p] := p_free[p] - quantities[i]; p_held[p] := p_held[p] + quantities[i];
        r_state[r] := 'HELD'; r_pool[r] := pools[i]; r_order[r] := orders[i];
        r_quantity[r] := quantities[i]; r_is_new[r] := true;
        r_expires[r] := date_trunc('milliseconds', started) + make_interval(secs => holds[i]);
        v_outcome[i] := 'HELD'; v_changed[i] := true; p_dirty[p] := true;
        j_movement[i] := 'RESERVE'; j_quantity[i] := quantities[i];
      END IF;

    WHEN 'confirm', 'release', 'expire', 'cancel', 'ship' THEN
      IF r_pool[r] <> pools[i] OR r_order[r] <> orders[i] OR r_quantity[r] <> quantities[i] THEN
        v_outcome[i] := 'CONFLICT';
      ELSIF own_state = 'RECOVERING'
        AND (r_state[r] IS NULL OR r_state[r] IN ('HELD', 'CONFIRMED')) THEN
        v_outcome[i] := 'NOT_ACTIVE';
      ELSIF r_state[r] IS NULL THEN
        IF kinds[i] = 'release' THEN
          -- The door is closed to a reserve that is still on its way.
          r_state[r] := 'RELEASED'; r_pool[r] := pools[i]; r_order[r] := orders[i];
          r_quantity[r] := quantities[i]; r_is_new[r] := true;
          r_expires[r] := date_trunc('milliseconds', started);
          v_outcome[i] := 'RELEASED'; v_changed[i] := true;
        ELSE
          v_outcome[i] := 'UNKNOWN_RESERVATION';
        END IF;
      ELSIF r_state[r] <>
        (CASE WHEN kinds[i] IN ('cancel', 'ship') THEN 'CONFIRMED' ELSE 'HELD' END) THEN
        v_outcome[i] := r_state[r];
      ELSIF kinds[i] = 'expire' AND r_expires[r] > started THEN
        v_outcome[i] := 'NOT_DUE';
      ELSIF kinds[i] = 'confirm' AND own_state NOT IN ('ACTIVE', 'DRAINING') THEN
        v_outcome[i] := 'NOT_ACTIVE';
      ELSE
        units := quantities[i];
        CASE kinds[i]
        WHEN 'confirm' THEN
          p_held[p] := p_held[p] - units; p_sold[p] := p_sold[p] + units;
          r_state[r] := 'CONFIRMED'; j_movement[i] := 'CONFIRM';
        WHEN 'cancel' THEN
          p_sold[p] := p_sold[p] - units; p_free[p] := p_free[p] + units;
          p_credits[p] := p_credits[p] + 1;
          r_state[r] := 'CANCELLED'; j_movement[i] := 'CANCEL';
        WHEN 'ship' THEN
          p_sold[p] := p_sold[p] - units; p_shipped[p] := p_shipped[p] + units;
          r_state[r] := 'SHIPPED'; j_movement[i] := 'SHIP';
        ELSE
          p_held[p] := p_held[p] - units; p_free[p] := p_free[p] + units;
          p_credits[p] := p_credits[p] + 1;
          r_state[r] := CASE kinds[i] WHEN 'expire' THEN 'EXPIRED' ELSE 'RELEASED' END;
          j_movement[i] := CASE kinds[i] WHEN 'expire' THEN 'EXPIRE' ELSE 'RELEASE' END;
        END CASE;
        j_quantity[i] := units; r_dirty[r] := true; p_dirty[p] := true;
        v_outcome[i] := r_state[r]; v_changed[i] := true;
      END IF;

    WHEN 'grant' THEN
      v_total[i] := c_granted[c];
      IF own_state = 'RECOVERING' THEN
        v_outcome[i] := 'NOT_ACTIVE';
      ELSIF ackeds[i] > c_granted[c] THEN
        v_outcome[i] := 'REGRESSED';
      ELSE
        IF ackeds[i] > c_acked[c] THEN
          c_acked[c] := ackeds[i]; c_dirty[c] := true;
        END IF;
        units := least(levels[i] - c_granted[c], ceilings[i], p_free[p]);
        IF units <= 0 THEN
          v_outcome[i] := 'GRANTED';
        ELSIF NOT active THEN
          v_outcome[i] := 'NOT_ACTIVE';
        ELSE
          c_granted[c] := c_granted[c] + units; c_grants[c] := c_grants[c] + 1;
          c_dirty[c] := true; p_dirty[p] := true;
          p_free[p] := p_free[p] - units; p_granted[p] := p_granted[p] + units;
          v_outcome[i] := 'GRANTED'; v_changed[i] := true; v_total[i] := c_granted[c];
          g_number[i] := c_grants[c]; j_movement[i] := 'GRANT'; j_quantity[i] := units;
        END IF;
      END IF;

    WHEN 'apply' THEN
      v_total[i] := c_applied[c];
      units := totals[i] - c_applied[c]; e_ix := array_position(e_peer, peers[i]);
      IF coalesce(p_home[p], homes[i]) <> homes[i] THEN
        v_outcome[i] := 'CONFLICT';
      ELSIF epochs[i] < e_epoch[e_ix] THEN
        v_outcome[i] := 'STALE_EPOCH';
      ELSIF units <= 0 THEN
        v_outcome[i] := 'APPLIED';
      ELSIF NOT active THEN
        v_outcome[i] := 'NOT_ACTIVE';
      ELSE
        c_applied[c] := totals[i]; e_dirty := e_dirty OR epochs[i] > e_epoch[e_ix];
        e_epoch[e_ix] := epochs[i];
        c_dirty[c] := true; p_dirty[p] := true;
        p_applied[p] := p_applied[p] + units; p_free[p] := p_free[p] + units;
        p_credits[p] := p_credits[p] + 1;
        v_outcome[i] := 'APPLIED'; v_changed[i] := true; v_total[i] := totals[i];
        j_movement[i] := 'APPLY'; j_quantity[i] := units;
      END IF;

    WHEN 'ack' THEN
      IF totals[i] > c_granted[c] THEN
        v_outcome[i] := 'REGRESSED'; v_total[i] := c_granted[c];
      ELSIF totals[i] <= c_acked[c] THEN
        v_outcome[i] := 'ACKED'; v_total[i] := c_acked[c];
      ELSE
        c_acked[c] := totals[i]; c_dirty[c] := true;
        v_outcome[i] := 'ACKED'; v_changed[i] := true; v_total[i] := totals[i];
      END IF;

    WHEN 'mint', 'writeOff', 'setAside', 'clear', 'keepSafe', 'transfer', 'count', 'dispatch',
      'resolve' THEN
      said := commands -> (i - 1);
      deed := ROW(refs[i], pools[i], kinds[i], coalesce(said ->> 'into', said ->> 'from'),
        coalesce(quantities[i], levels[i], (said ->> 'counted')::bigint),
        (said ->> 'position')::bigint, started);
      books := p_books[p]; books.free := p_free[p];
      row := inventory.plan_document(deed, d_written[r], books,
        coalesce(p_home[p], homes[i]) = own_cell, own_state);
      v_outcome[i] := row.outcome; movements := row.movements; units_moved := row.quantities;
      v_total[i] := coalesce(books.documents, 0);
      IF movements IS NOT NULL THEN
        v_changed[i] := true; v_total[i] := v_total[i] + 1; p_books[p].documents := v_total[i];
        IF kinds[i] = 'dispatch' THEN
          p_books[p].dispatched := books.dispatched + deed.quantity;
        END IF;
        d_written[r] := deed; d_new := d_new || deed;
      END IF;

    WHEN 'repair' THEN
      said := commands -> (i - 1);
      units_moved := ARRAY[greatest((said ->> 'applied')::bigint - c_granted[c], 0),
        greatest((said ->> 'granted')::bigint - c_applied[c], 0)];
      IF own_state <> 'RECOVERING' THEN
        v_outcome[i] := 'NOT_RECOVERING';
      ELSIF coalesce(p_home[p], homes[i]) <> homes[i] THEN
        v_outcome[i] := 'CONFLICT'; v_total[i] := c_granted[c];
      ELSIF units_moved[1] + units_moved[2] = 0 THEN
        v_outcome[i] := 'REPAIRED'; v_total[i] := c_granted[c];
      ELSE
        c_granted[c] := c_granted[c] + units_moved[1];
        c_applied[c] := c_applied[c] + units_moved[2];
        c_dirty[c] := true;
        movements := ARRAY['GRANT', 'GRANT_FROM_SUSPENSE', 'GRANT_FROM_DEFICIT',
          'APPLY_TO_SUSPENSE'];
        units_moved := inventory.share(units_moved[1], ARRAY[p_free[p], (p_books[p]).suspense])
          || units_moved[2];
        v_outcome[i] := 'REPAIRED'; v_changed[i] := true; v_total[i] := c_granted[c];
      END IF;

    WHEN 'readopt' THEN
      said := commands -> (i - 1);
      IF r_state[r] IS NOT NULL AND NOT (r_pool[r] = pools[i] AND r_order[r] = orders[i]
        AND r_quantity[r] = quantities[i]) THEN
        v_outcome[i] := 'CONFLICT';
      ELSIF coalesce(cardinality(inventory.way_to(said ->> 'state', r_state[r])), 0) = 0
        AND r_state[r] IS NOT NULL THEN
        v_outcome[i] := r_state[r];
      ELSIF coalesce(p_home[p], homes[i]) <> homes[i] THEN
        v_outcome[i] := 'CONFLICT';
      ELSIF own_state <> 'RECOVERING' THEN
        v_outcome[i] := 'NOT_RECOVERING';
      ELSE
        books := p_books[p]; books.free := p_free[p];
        row := inventory.plan_readopt(said ->> 'state', r_state[r], quantities[i], books);
        movements := row.movements; units_moved := row.quantities;
        IF r_state[r] IS NULL THEN
          r_pool[r] := pools[i]; r_order[r] := orders[i]; r_quantity[r] := quantities[i];
          r_is_new[r] := true;
          -- readoptedHoldSeconds in src/domain/recovery.ts
          r_expires[r] := date_trunc('milliseconds', started) + interval '1200 seconds';
        END IF;
        r_state[r] := said ->> 'state'; r_dirty[r] := true;
        v_outcome[i] := r_state[r]; v_changed[i] := true;
      END IF;

    ELSE
      RAISE EXCEPTION 'no stock command is called %', kinds[i]
        USING ERRCODE = 'invalid_parameter_value';
    END CASE;
    IF movements IS NOT NULL OR owing AND p_free[p] > 0 THEN
      books := p_books[p];
      books.free := p_free[p]; books.held := p_held[p]; books.sold := p_sold[p];
      books.shipped := p_shipped[p];
      books.applied := p_applied[p]; books.granted := p_granted[p]; books.credits := p_credits[p];
      p_dirty[p] := p_dirty[p] OR movements IS NOT NULL;
      row := inventory.post(books, coalesce(movements, '{}'), units_moved);
      books := row.books;
      x_i := x_i || array_fill(i, ARRAY[cardinality(row.movements)]);
      x_movement := x_movement || row.movements; x_quantity := x_quantity || row.quantities;
      owing := owing OR books.deficit > 0;
      p_free[p] := books.free; p_held[p] := books.held; p_sold[p] := books.sold;
      p_shipped[p] := books.shipped;
      p_applied[p] := books.applied; p_granted[p] := books.granted; p_credits[p] := books.credits;
      p_books[p] := books; movements := NULL;
    END IF;
    v_free[i] := p_free[p];
  END LOOP;

  IF p_books IS NULL THEN
    UPDATE inventory.escrow e
    SET free = u.free, held = u.held, sold = u.sold, shipped = u.shipped, applied = u.applied,
      granted = u.granted, credits = u.credits
    FROM unnest(p_id, p_free, p_held, p_sold, p_shipped, p_applied, p_granted, p_credits, p_dirty)
      AS u(pool_id, free, held, sold, shipped, applied, granted, credits, dirty)
    WHERE u.dirty AND e.pool_id = u.pool_id AND e.stripe = 0;
  ELSE
    UPDATE inventory.escrow e
    SET free = u.free, held = u.held, sold = u.sold, shipped = u.shipped, applied = u.applied,
      granted = u.granted, credits = u.credits, minted = (p_books[u.p]).minted,
      written_off = (p_books[u.p]).written_off, transferred = (p_books[u.p]).transferred,
      deficit = (p_books[u.p]).deficit, safety = (p_books[u.p]).safety,
      quarantine = (p_books[u.p]).quarantine, suspense = (p_books[u.p]).suspense,
      dispatched = (p_books[u.p]).dispatched, documents = (p_books[u.p]).documents
    FROM unnest(p_id, p_free, p_held, p_sold, p_shipped, p_applied, p_granted, p_credits, p_dirty)
      WITH ORDINALITY
      AS u(pool_id, free, held, sold, shipped, applied, granted, credits, dirty, p)
    WHERE u.dirty AND e.pool_id = u.pool_id AND e.stripe = 0;
  END IF;

  IF true = ANY (r_is_new) THEN
    INSERT INTO inventory.reservation
      (reservation_id, pool_id, order_id, quantity, state, expires_at, held_at, changed_at)
    SELECT u.id, r_pool[u.r], r_order[u.r], r_quantity[u.r], r_state[u.r], r_expires[u.r], started,
      started
    FROM (SELECT DISTINCT w.id, w.r FROM unnest(refs, ref_ix) AS w(id, r)) u
    WHERE r_is_new[u.r];
  END IF;
  IF true = ANY (r_dirty) THEN
    UPDATE inventory.reservation v SET state = r_state[u.r], changed_at = started
    FROM (SELECT DISTINCT w.id, w.r FROM unnest(refs, ref_ix) AS w(id, r)) u
    WHERE r_dirty[u.r] AND NOT r_is_new[u.r] AND v.reservation_id = u.id;
  END IF;
  IF d_new IS NOT NULL THEN
    INSERT INTO inventory.stock_document
      (document_id, pool_id, kind, place, quantity, position, recorded_at)
    SELECT d.document_id, d.pool_id, d.kind, d.place, d.quantity, d.position, d.recorded_at
    FROM unnest(d_new) d;
  END IF;
  IF true = ANY (c_dirty) THEN
    INSERT INTO inventory.quota_channel AS q (pool_id, peer, granted_total, applied_total,
      peer_acked_total, grants, changed_at)
    SELECT u.pool, u.peer, c_granted[u.c], c_applied[u.c], c_acked[u.c], c_grants[u.c], started
    FROM (SELECT DISTINCT w.pool, w.peer, w.c FROM unnest(pools, peers, channel_ix)
      AS w(pool, peer, c)) u
    WHERE c_dirty[u.c]
    ON CONFLICT (pool_id, peer) DO UPDATE
    SET granted_total = excluded.granted_total, applied_total = excluded.applied_total,
      peer_acked_total = excluded.peer_acked_total, grants = excluded.grants,
      changed_at = excluded.changed_at;
  END IF;
  IF e_dirty THEN
    INSERT INTO inventory.peer_epoch AS h (peer, epoch)
    SELECT u.peer, u.epoch FROM unnest(e_peer, e_epoch) AS u(peer, epoch)
    WHERE u.epoch > 1 ORDER BY u.peer
    ON CONFLICT (peer) DO UPDATE SET epoch = greatest(h.epoch, excluded.epoch), heard_at = started
    WHERE excluded.epoch > h.epoch;
  END IF;

  INSERT INTO inventory.escrow_journal (pool_id, movement, quantity, reference, recorded_at)
  SELECT u.pool, u.movement, u.quantity, coalesce(u.ref::text, u.peer), started
  FROM (
    SELECT m.*, 0 AS k
    FROM unnest(pools, j_movement, j_quantity, refs, peers) WITH ORDINALITY
      AS m(pool, movement, quantity, ref, peer, i)
    UNION ALL
    SELECT pools[x.i], x.movement, x.quantity, refs[x.i], peers[x.i], x.i, x.k
    FROM unnest(x_i, x_movement, x_quantity) WITH ORDINALITY AS x(i, movement, quantity, k)
  ) u
  WHERE u.movement IS NOT NULL ORDER BY u.i, u.k;

  IF kinds && ARRAY['grant'] THEN
    PERFORM inventory.announce_grants(jsonb_agg(jsonb_build_object(
      'sku', split_part(u.pool, '/', 2), 'warehouse', split_part(u.pool, '/', 1),
      'donor', own_cell, 'receiver', u.peer, 'epoch', own_epoch, 'grantedTotal', u.total,
      'donorFree', u.free, 'grantNumber', u.number) ORDER BY u.i))
    FROM unnest(pools, peers, v_total, v_free, g_number) WITH ORDINALITY
      AS u(pool, peer, total, free, number, i)
    WHERE u.number > 0
    HAVING count(*) > 0;
  END IF;

  IF NOT (true = ANY (v_changed)) THEN
    -- Every answer may repeat what another call committed and no standby has yet. A commit that
    -- writes waits for the standby, so what is repeated here is proven to be safe.
    PERFORM pg_logical_emit_message(true, 'inventory', '');
  END IF;

  -- Whoever came short, or asked how we stand, learns the whole position after the batch.
  SELECT array_agg(DISTINCT u.pool) INTO p_id FROM unnest(pools, kinds, v_outcome) AS u(pool, kind, outcome)
  WHERE u.outcome IN ('SHORT', 'DEFERRED') OR u.kind = 'grant';
  IF p_id IS NOT NULL THEN
    positions := inventory.positions_of(p_id);
  END IF;

  RETURN jsonb_build_object('outcomes', to_jsonb(v_outcome), 'changed', to_jsonb(v_changed),
    'free', to_jsonb(v_free), 'totals', to_jsonb(v_total), 'positions', positions);
END $$;

-- libs/inventory/src/adapters/sql/shop/40-announce-grants.sql
-- Tells the receivers what was given, in the statement that gave it. The bodies are those of
-- QuotaGranted in contracts/events/inventory.ts; the border's relay parses each again before it signs.
-- Whoever hears them orders the grants of a channel by epoch and then by number, as numbers begin again from
-- what was restored: the version is both, the number in its lower 32 bits. It stays exact in a double for two
-- million epochs.
CREATE FUNCTION inventory.announce_grants(bodies jsonb) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO messaging.outbox
    (scope, event_id, topic, record_key, aggregate_version, type, version, payload)
  SELECT 'global',
    'evt_' || (b.body ->> 'donor') || '_' || left(replace(gen_random_uuid()::text, '-', ''), 26),
    'global.inventory.v1',
    concat_ws('/', b.body ->> 'donor', b.body ->> 'receiver', b.body ->> 'warehouse',
      b.body ->> 'sku'),
    ((b.body ->> 'epoch')::bigint << 32) + (b.body ->> 'grantNumber')::bigint, 'QuotaGranted', 1,
    b.body
  FROM jsonb_array_elements(bodies) WITH ORDINALITY AS b(body, i)
  ORDER BY b.i
$$;

-- libs/inventory/src/adapters/sql/shop/50-views.sql
-- What the books say about themselves: no rows when all is well.
CREATE VIEW inventory.breach AS
SELECT e.pool_id, 'journal' AS breach, jsonb_build_object('account', x.account,
  'balance', x.balance, 'journal', coalesce(t.units, 0)) AS found
FROM inventory.escrow e
CROSS JOIN LATERAL (VALUES
  ('MINTED', e.minted), ('APPLIED', e.applied), ('DEFICIT', e.deficit), ('FREE', e.free),
  ('HELD', e.held), ('SOLD', e.sold), ('SHIPPED', e.shipped), ('SAFETY', e.safety),
  ('QUARANTINE', e.quarantine), ('SUSPENSE', e.suspense), ('GRANTED', e.granted),
  ('WRITTEN_OFF', e.written_off), ('TRANSFERRED', e.transferred)
) AS x(account, balance)
LEFT JOIN (
  SELECT m.pool_id, s.account, sum(m.units * s.sign) AS units
  FROM (
    SELECT pool_id, movement, sum(quantity) AS units
    FROM inventory.escrow_journal GROUP BY pool_id, movement
  ) m
  JOIN (VALUES
    ('MINT', 'MINTED', 'FREE'), ('MINT_TO_QUARANTINE', 'MINTED', 'QUARANTINE'),
    ('APPLY', 'APPLIED', 'FREE'), ('APPLY_TO_SUSPENSE', 'APPLIED', 'SUSPENSE'),
    ('RESERVE', 'FREE', 'HELD'), ('CONFIRM', 'HELD', 'SOLD'), ('RELEASE', 'HELD', 'FREE'),
    ('EXPIRE', 'HELD', 'FREE'), ('CANCEL', 'SOLD', 'FREE'), ('SHIP', 'SOLD', 'SHIPPED'),
    ('GRANT', 'FREE', 'GRANTED'), ('GRANT_FROM_SUSPENSE', 'SUSPENSE', 'GRANTED'),
    ('GRANT_FROM_DEFICIT', 'DEFICIT', 'GRANTED'), ('READOPT', 'FREE', 'HELD'),
    ('READOPT_FROM_SUSPENSE', 'SUSPENSE', 'HELD'), ('READOPT_FROM_DEFICIT', 'DEFICIT', 'HELD'),
    ('WRITE_OFF', 'FREE', 'WRITTEN_OFF'), ('WRITE_OFF_FROM_SAFETY', 'SAFETY', 'WRITTEN_OFF'),
    ('WRITE_OFF_FROM_QUARANTINE', 'QUARANTINE', 'WRITTEN_OFF'),
    ('WRITE_OFF_FROM_DEFICIT', 'DEFICIT', 'WRITTEN_OFF'), ('SET_ASIDE', 'FREE', 'QUARANTINE'),
    ('SET_ASIDE_FROM_DEFICIT', 'DEFICIT', 'QUARANTINE'), ('CLEAR', 'QUARANTINE', 'FREE'),
    ('KEEP_SAFE', 'FREE', 'SAFETY'), ('FREE_SAFETY', 'SAFETY', 'FREE'),
    ('TRANSFER', 'FREE', 'TRANSFERRED'), ('RESOLVE', 'SUSPENSE', 'FREE'),
    ('SETTLE', 'FREE', 'DEFICIT')
  ) AS w(movement, source, target) USING (movement)
  -- From a source units come without its falling: it counts them.
  CROSS JOIN LATERAL (VALUES
    (w.source, CASE WHEN w.source IN ('MINTED', 'APPLIED', 'DEFICIT') THEN 1 ELSE -1 END),
    (w.target, CASE WHEN w.target = 'DEFICIT' THEN -1 ELSE 1 END)
  ) AS s(account, sign)
  GROUP BY m.pool_id, s.account
) t ON t.pool_id = e.pool_id AND t.account = x.account
WHERE e.stripe = 0 AND x.balance <> coalesce(t.units, 0)
UNION ALL
SELECT e.pool_id, 'reservations', jsonb_build_object('held', e.held, 'heldByReservations', r.held,
  'sold', e.sold, 'soldByReservations', r.sold, 'shipped', e.shipped,
  'shippedByReservations', r.shipped)
FROM inventory.escrow e
LEFT JOIN (
  SELECT pool_id, sum(quantity) FILTER (WHERE state = 'HELD') AS held,
    sum(quantity) FILTER (WHERE state = 'CONFIRMED') AS sold,
    sum(quantity) FILTER (WHERE state = 'SHIPPED') AS shipped
  FROM inventory.reservation GROUP BY pool_id
) r USING (pool_id)
WHERE e.stripe = 0 AND (coalesce(r.held, 0), coalesce(r.sold, 0), coalesce(r.shipped, 0))
  IS DISTINCT FROM (e.held::numeric, e.sold::numeric, e.shipped::numeric)
UNION ALL
SELECT e.pool_id, 'channels', jsonb_build_object('granted', e.granted, 'byChannels', c.granted,
  'applied', e.applied, 'appliedByChannels', c.applied)
FROM inventory.escrow e
LEFT JOIN (
  SELECT pool_id, sum(granted_total) AS granted, sum(applied_total) AS applied
  FROM inventory.quota_channel GROUP BY pool_id
) c USING (pool_id)
WHERE e.stripe = 0 AND (coalesce(c.granted, 0), coalesce(c.applied, 0))
  IS DISTINCT FROM (e.granted::numeric, e.applied::numeric)
UNION ALL
SELECT e.pool_id, 'documents', jsonb_build_object('documents', e.documents,
  'written', coalesce(d.documents, 0), 'dispatched', e.dispatched,
  'dispatchedByDocuments', coalesce(d.dispatched, 0))
FROM inventory.escrow e
LEFT JOIN (
  SELECT pool_id, count(*) AS documents,
    sum(quantity) FILTER (WHERE kind = 'dispatch') AS dispatched
  FROM inventory.stock_document GROUP BY pool_id
) d USING (pool_id)
WHERE e.stripe = 0 AND (coalesce(d.documents, 0), coalesce(d.dispatched, 0))
  IS DISTINCT FROM (e.documents, e.dispatched::numeric)
UNION ALL
SELECT s.pool_id, 'a shelf is spoken for away from home', jsonb_build_object('home', s.home_cell,
  'minted', e.minted, 'writtenOff', e.written_off, 'transferred', e.transferred,
  'safety', e.safety, 'quarantine', e.quarantine, 'dispatched', e.dispatched)
FROM inventory.stock_pool s JOIN inventory.escrow e USING (pool_id) JOIN cell.identity i ON true
WHERE s.home_cell <> i.cell AND e.stripe = 0
  AND e.minted + e.written_off + e.transferred + e.safety + e.quarantine + e.dispatched > 0;

-- libs/inventory/src/adapters/sql/shop/60-grants.sql
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

-- libs/inventory/src/adapters/sql/shop/70-warehouse-acts.sql
ALTER TABLE inventory.warehouse_act
  ADD CONSTRAINT warehouse_act_warehouse_is_plain CHECK (warehouse ~ '^[a-z][a-z0-9-]{1,31}$'),
  ADD CONSTRAINT warehouse_act_kind_is_known CHECK (kind IN (
    'receipt', 'return', 'write-off', 'quarantine', 'clearing', 'safety-level', 'transfer', 'count',
    'dispatch', 'suspense-resolution')),
  ADD CONSTRAINT warehouse_act_staff_form CHECK (staff_id ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT warehouse_act_has_lines CHECK (
    jsonb_typeof(lines) = 'array' AND jsonb_array_length(lines) BETWEEN 1 AND 1000);

CREATE TRIGGER act_stays BEFORE UPDATE OR DELETE ON inventory.warehouse_act FOR EACH ROW
  EXECUTE FUNCTION inventory.refuse_change();
CREATE TRIGGER acts_are_not_emptied BEFORE TRUNCATE ON inventory.warehouse_act
  FOR EACH STATEMENT EXECUTE FUNCTION inventory.refuse_change();

-- Changes only as a debt is made or paid, and so keeps the updates of sales on their page.
CREATE INDEX escrow_owing ON inventory.escrow (pool_id) WHERE deficit > 0;

GRANT SELECT, INSERT ON inventory.warehouse_act TO shop_api;
GRANT USAGE ON SEQUENCE inventory.warehouse_act_seq_seq TO shop_api;
GRANT SELECT ON inventory.warehouse_act TO shop_audit;

-- libs/inventory/src/adapters/sql/shop/80-book-audit.sql
ALTER TABLE inventory.audit_scan SET (fillfactor = 50);
ALTER TABLE inventory.audit_scan
  ADD CONSTRAINT audit_scan_is_known CHECK (scan IN ('tip', 'whole')),
  ADD CONSTRAINT audit_scan_marks_are_in_order CHECK (
    0 <= low AND low <= candidate AND candidate <= reached AND round >= 1);

ALTER TABLE inventory.audited_pool SET (fillfactor = 70);
ALTER TABLE inventory.audited_pool
  ADD CONSTRAINT audited_pool_belongs_to_a_scan
    FOREIGN KEY (scan) REFERENCES inventory.audit_scan (scan);
CREATE INDEX audited_pool_due ON inventory.audited_pool (scan, round, pool_id) WHERE is_due;

ALTER TABLE inventory.audit_finding
  ADD CONSTRAINT audit_finding_belongs_to_a_scan
    FOREIGN KEY (scan) REFERENCES inventory.audit_scan (scan),
  ADD CONSTRAINT audit_finding_fault_is_known CHECK (fault IN (
    'JOURNAL_DIFFERS', 'POOL_NOT_CONSERVED', 'SELLS_WHILE_IT_OWES', 'CHANNEL_DIFFERS',
    'CHANNEL_REGRESSED', 'ACKED_MORE_THAN_GRANTED', 'FOREIGN_SHELF', 'RESERVATION_DIFFERS'));
CREATE INDEX audit_finding_open ON inventory.audit_finding (fault) WHERE cleared_at IS NULL;

GRANT SELECT ON inventory.escrow_journal TO shop_worker;
GRANT SELECT, INSERT, UPDATE ON inventory.audit_scan, inventory.audited_pool,
  inventory.audit_finding TO shop_worker;
GRANT SELECT ON inventory.audit_scan, inventory.audited_pool, inventory.audit_finding TO shop_audit;

-- libs/inventory/src/adapters/sql/shop/80-peer-reports.sql
-- Other cells also speak of pools that this one has no books for, so a report belongs to none.
ALTER TABLE inventory.peer_report SET (fillfactor = 70);
ALTER TABLE inventory.peer_report
  ADD CONSTRAINT peer_report_pool_is_a_pool
    CHECK (pool_id ~ '^[a-z][a-z0-9-]{1,31}/[0-9A-Za-z][0-9A-Za-z._-]{0,63}$'),
  ADD CONSTRAINT peer_report_peer_is_a_cell CHECK (peer ~ '^[a-z]{2}-[1-9][0-9]{0,2}$'),
  ADD CONSTRAINT peer_report_is_not_negative CHECK (free >= 0 AND granted_total >= 0);

-- What was given and is not acknowledged, so that metrics do not read all channels. Two columns that differ are
-- taken for nearly every row by the planner, whatever the index holds; of a difference it keeps statistics.
CREATE INDEX quota_channel_in_transit ON inventory.quota_channel (changed_at)
  WHERE granted_total - peer_acked_total > 0;
CREATE STATISTICS inventory.quota_channel_difference
  ON (granted_total - peer_acked_total) FROM inventory.quota_channel;

GRANT SELECT ON inventory.peer_report TO shop_api, shop_worker, shop_border, shop_audit;
GRANT INSERT, UPDATE ON inventory.peer_report TO shop_border;

-- libs/inventory/src/adapters/sql/shop/80-witness.sql
-- What is told to the witness outside of the database, and how far.
ALTER TABLE inventory.witness_relay
  ADD CONSTRAINT witness_relay_has_one_row CHECK (only_row),
  ADD CONSTRAINT witness_relay_is_not_negative CHECK (told_place >= 0 AND fencing_token >= 0);
INSERT INTO inventory.witness_relay (only_row) VALUES (true);
CREATE TRIGGER told_place_only_rises BEFORE UPDATE ON inventory.witness_relay FOR EACH ROW
  WHEN (NEW.told_place < OLD.told_place OR NEW.fencing_token < OLD.fencing_token)
  EXECUTE FUNCTION inventory.refuse_change();

-- The epoch in which a place of the journal was written: a recovery begins its epoch behind all that was there.
CREATE FUNCTION inventory.epoch_at(place bigint) RETURNS int
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(
    (SELECT max(r.epoch) FROM inventory.recovery r WHERE r.starts_after < place),
    (SELECT r.mends_epoch FROM inventory.recovery r ORDER BY r.epoch LIMIT 1),
    (SELECT e.epoch FROM inventory.cell_epoch e JOIN cell.identity i USING (cell)), 1)
$$;

-- The state that a movement leaves a reservation in; NULL for movements of anything else.
CREATE FUNCTION inventory.state_after(movement text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE movement
    WHEN 'RESERVE' THEN 'HELD' WHEN 'READOPT' THEN 'HELD' WHEN 'READOPT_FROM_SUSPENSE' THEN 'HELD'
    WHEN 'READOPT_FROM_DEFICIT' THEN 'HELD' WHEN 'CONFIRM' THEN 'CONFIRMED'
    WHEN 'RELEASE' THEN 'RELEASED' WHEN 'EXPIRE' THEN 'EXPIRED' WHEN 'CANCEL' THEN 'CANCELLED'
    WHEN 'SHIP' THEN 'SHIPPED'
  END
$$;

-- Whether a movement raises a total of a channel; its reference is the peer.
CREATE FUNCTION inventory.moves_rights(movement text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT movement IN ('GRANT', 'GRANT_FROM_SUSPENSE', 'GRANT_FROM_DEFICIT', 'APPLY', 'APPLY_TO_SUSPENSE')
$$;

-- Which server this is and how often it was restored or promoted; an auditor may know it, a process asks here.
CREATE FUNCTION inventory.incarnation() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.system_identifier || '-' || c.timeline_id
  FROM pg_control_system() s, pg_control_checkpoint() c
$$;

REVOKE EXECUTE ON FUNCTION inventory.epoch_at(bigint), inventory.state_after(text),
  inventory.moves_rights(text), inventory.incarnation() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory.epoch_at(bigint), inventory.state_after(text),
  inventory.moves_rights(text), inventory.incarnation() TO shop_api, shop_worker, shop_border;
GRANT SELECT, UPDATE ON inventory.witness_relay TO shop_worker;
GRANT SELECT ON inventory.witness_relay TO shop_audit;
GRANT SELECT (seq) ON inventory.escrow_journal TO shop_api, shop_border;
GRANT SELECT ON inventory.escrow_journal TO shop_worker;

-- libs/inventory/src/adapters/sql/shop/85-conservation.sql
ALTER TABLE inventory.conservation_vector
  ADD CONSTRAINT conservation_vector_number_is_positive CHECK (number >= 1),
  ADD CONSTRAINT conservation_vector_digest_form CHECK (digest ~ '^[0-9a-f]{64}$');
CREATE INDEX conservation_vector_unsigned ON inventory.conservation_vector (number)
  WHERE signature IS NULL;

-- The worker takes the vector with the audit; only the border has the key to sign it with.
GRANT SELECT, INSERT, DELETE ON inventory.conservation_vector TO shop_worker;
GRANT SELECT, UPDATE (signature) ON inventory.conservation_vector TO shop_border;
GRANT SELECT ON inventory.conservation_vector TO shop_audit;

-- libs/orders/src/adapters/sql/shop/10-orders.sql
ALTER TABLE orders."order"
  ADD CONSTRAINT order_status_known CHECK
    (status IN ('placing', 'requires_action', 'pending', 'confirmed', 'declined', 'refused')),
  ADD CONSTRAINT order_on_shortage_known CHECK (on_shortage IN ('refuse', 'partial')),
  ADD CONSTRAINT order_currency_iso CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT order_address_is_ciphertext CHECK (address LIKE 'v1|%'),
  -- a row is somebody's with everything that says so, or nobody's
  ADD CONSTRAINT order_person_whole CHECK (num_nulls(subject_id, cart_id, address) IN (0, 3)),
  ADD CONSTRAINT order_payment_token_of_person CHECK (payment_token IS NULL OR subject_id IS NOT NULL),
  ADD CONSTRAINT order_id_form CHECK (order_id ~ '^ord_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT order_payment_method_known CHECK (payment_method IN ('card', 'upi', 'sepa_debit')),
  ADD CONSTRAINT order_payment_token_form CHECK (payment_token ~ '^[A-Za-z0-9_-]{1,128}$'),
  ADD CONSTRAINT order_refusal_code_form CHECK (refusal_code ~ '^[A-Z_]{1,64}$'),
  ADD CONSTRAINT order_totals_not_negative CHECK (total_minor >= 0 AND tax_minor BETWEEN 0 AND total_minor),
  ADD CONSTRAINT order_counts_positive CHECK
    (reserve_round > 0 AND payment_attempt > 0 AND fencing_token > 0 AND version > 0),
  ADD CONSTRAINT order_confirmed_has_instant CHECK ((status = 'confirmed') = (confirmed_at IS NOT NULL)),
  ADD CONSTRAINT order_settled_has_instant CHECK
    ((status IN ('confirmed', 'declined', 'refused')) = (settled_at IS NOT NULL));

ALTER TABLE orders.order_line
  ADD CONSTRAINT order_line_sku_form CHECK (sku ~ '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$'),
  ADD CONSTRAINT order_line_quantity_range CHECK (quantity BETWEEN 1 AND 100000),
  ADD CONSTRAINT order_line_number_range CHECK (line_number BETWEEN 1 AND 1000),
  ADD CONSTRAINT order_line_price_not_negative CHECK
    (unit_price_minor >= 0 AND tax_minor BETWEEN 0 AND unit_price_minor * quantity),
  ADD CONSTRAINT order_line_tax_rate_range CHECK (tax_rate_basis_points BETWEEN 0 AND 10000),
  ADD CONSTRAINT order_line_state_known CHECK (state IN ('ordered', 'dropped')),
  ADD CONSTRAINT order_line_dropped_has_reason CHECK ((state = 'dropped') = (shortage_reason IS NOT NULL)),
  ADD CONSTRAINT order_line_reason_known CHECK (shortage_reason IN ('INSUFFICIENT', 'GLOBAL_EMPTY')),
  ADD CONSTRAINT order_line_available_range CHECK (available_quantity >= 0);

ALTER TABLE orders.order_recipient
  ADD CONSTRAINT order_recipient_address_is_ciphertext CHECK (address LIKE 'v1|%'),
  ADD CONSTRAINT order_recipient_message_is_ciphertext CHECK (message LIKE 'v1|%'),
  ADD CONSTRAINT order_recipient_subject_form CHECK (subject_id ~ '^sub_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT order_recipient_whole CHECK
    (num_nulls(subject_id, address) IN (0, 2) AND (message IS NULL OR subject_id IS NOT NULL)),
  -- what is about the recipient lies under the recipient's key and no other
  ADD CONSTRAINT order_recipient_own_key CHECK
    (starts_with(address, 'v1|A256GCM|' || subject_id || '|') AND
     starts_with(message, 'v1|A256GCM|' || subject_id || '|'));

-- A cart is sold once: a second order of it waits for the first, and may come only where that ended without
-- a sale.
CREATE UNIQUE INDEX order_one_per_cart ON orders."order" (cart_id)
  WHERE status IN ('placing', 'requires_action', 'pending', 'confirmed');

-- What the reconciler looks through, orders at work or waiting; and which of them has waited longest.
CREATE INDEX order_unsettled ON orders."order" (attempted_at)
  WHERE status IN ('placing', 'requires_action', 'pending');

-- A settled order stays settled, its money and identity never change, and its counters only rise. Whose it
-- is can be forgotten, and never changed.
CREATE FUNCTION orders.guard_order_update() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF OLD.status IN ('confirmed', 'refused') AND NEW.status <> OLD.status THEN
    RAISE EXCEPTION 'order % is % for good', OLD.order_id, OLD.status USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.order_id, NEW.currency, NEW.sales_channel_id, NEW.placed_at)
     IS DISTINCT FROM (OLD.order_id, OLD.currency, OLD.sales_channel_id, OLD.placed_at) THEN
    RAISE EXCEPTION 'the identity of order % may not change', OLD.order_id USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.subject_id, NEW.cart_id) IS DISTINCT FROM (OLD.subject_id, OLD.cart_id)
     AND num_nonnulls(NEW.subject_id, NEW.cart_id) > 0 THEN
    RAISE EXCEPTION 'order % may not go to somebody else', OLD.order_id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.reserve_round < OLD.reserve_round OR NEW.payment_attempt < OLD.payment_attempt
     OR NEW.fencing_token < OLD.fencing_token OR NEW.version < OLD.version THEN
    RAISE EXCEPTION 'a counter of order % would go back', OLD.order_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_order_update BEFORE UPDATE ON orders."order"
  FOR EACH ROW EXECUTE FUNCTION orders.guard_order_update();

CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON orders."order"
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'address');

-- Buyer and recipient are two subjects. Who the recipient is can be forgotten, and never changed.
CREATE FUNCTION orders.guard_order_recipient() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.order_id <> OLD.order_id OR
     (NEW.subject_id IS DISTINCT FROM OLD.subject_id AND NEW.subject_id IS NOT NULL)) THEN
    RAISE EXCEPTION 'the gift of order % may not go to somebody else', OLD.order_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' AND EXISTS (
    SELECT FROM orders."order" o WHERE o.order_id = NEW.order_id AND o.subject_id = NEW.subject_id
  ) THEN
    RAISE EXCEPTION 'buyer and recipient of order % are one subject', NEW.order_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_order_recipient BEFORE INSERT OR UPDATE ON orders.order_recipient
  FOR EACH ROW EXECUTE FUNCTION orders.guard_order_recipient();

CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON orders.order_recipient
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'address', 'message');

GRANT USAGE ON SCHEMA orders TO shop_api, shop_worker, shop_audit;
GRANT SELECT, INSERT, UPDATE ON orders."order", orders.order_line TO shop_api, shop_worker;
GRANT SELECT, INSERT ON orders.order_recipient TO shop_api;
GRANT SELECT, UPDATE (subject_id, address, message) ON orders.order_recipient TO shop_worker;
GRANT SELECT (order_id, sales_channel_id, currency, status, on_shortage, reserve_round, payment_attempt,
              total_minor, tax_minor, refusal_code, placed_at, confirmed_at, settled_at)
  ON orders."order" TO shop_audit;
GRANT SELECT ON orders.order_line TO shop_audit;

-- libs/payments/src/adapters/sql/shop/10-payments.sql
ALTER TABLE payments.payment
  ADD CONSTRAINT payment_id_form CHECK (payment_id ~ '^pay_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT payment_attempt_positive CHECK (attempt > 0),
  ADD CONSTRAINT payment_provider_form CHECK (provider ~ '^[a-z]{2,20}$'),
  ADD CONSTRAINT payment_provider_reference_form CHECK (provider_reference ~ '^[A-Za-z0-9_]{1,64}$'),
  ADD CONSTRAINT payment_method_known CHECK (method IN ('card', 'upi', 'sepa_debit')),
  ADD CONSTRAINT payment_method_token_form CHECK (method_token ~ '^[A-Za-z0-9_-]{1,128}$'),
  ADD CONSTRAINT payment_action_url_form CHECK
    (action_url ~ '^(https?|upi)://[!-~]+$' AND length(action_url) <= 1000),
  ADD CONSTRAINT payment_currency_iso CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT payment_amount_range CHECK (amount_minor BETWEEN 1 AND 9007199254740991),
  ADD CONSTRAINT payment_tax_inside_amount CHECK (tax_minor BETWEEN 0 AND amount_minor),
  ADD CONSTRAINT payment_state_known CHECK (state IN ('authorizing', 'requires_action', 'authorized',
    'capturing', 'captured', 'voiding', 'voided', 'declined')),
  ADD CONSTRAINT payment_decline_code_form CHECK (decline_code ~ '^[a-z0-9_]{1,64}$'),
  ADD CONSTRAINT payment_decline_code_of_declined CHECK (decline_code IS NULL OR state = 'declined'),
  ADD CONSTRAINT payment_action_url_while_needed CHECK
    ((action_url IS NOT NULL) <= (state = 'requires_action')),
  ADD CONSTRAINT payment_taken_has_reference CHECK
    (state NOT IN ('authorized', 'capturing') OR provider_reference IS NOT NULL),
  ADD CONSTRAINT payment_version_positive CHECK (version > 0);

ALTER TABLE payments.provider_event
  ADD CONSTRAINT provider_event_provider_form CHECK (provider ~ '^[a-z]{2,20}$'),
  ADD CONSTRAINT provider_event_id_form CHECK (event_id ~ '^[A-Za-z0-9_-]{1,128}$'),
  ADD CONSTRAINT provider_event_type_form CHECK (type ~ '^[a-z0-9_.]{1,64}$'),
  ADD CONSTRAINT provider_event_payment_form CHECK
    (payment_id ~ '^pay_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT provider_event_currency_iso CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT provider_event_state_known CHECK
    (state IN ('requires_action', 'authorized', 'captured', 'voided', 'declined'));

ALTER TABLE payments.journal
  ADD CONSTRAINT journal_kind_known CHECK (kind IN ('capture', 'refund'));
-- one capture in the books per payment, whatever is doubled, retried or raced
CREATE UNIQUE INDEX journal_capture_once ON payments.journal (payment_id) WHERE kind = 'capture';

ALTER TABLE payments.ledger_entry
  ADD CONSTRAINT ledger_entry_account_known CHECK
    (account IN ('provider_receivable', 'sales', 'tax_payable', 'refunds')),
  ADD CONSTRAINT ledger_entry_currency_iso CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT ledger_entry_moves_something CHECK (amount_minor <> 0),
  ADD CONSTRAINT ledger_entry_exact_in_json CHECK (abs(amount_minor) <= 9007199254740991),
  ADD CONSTRAINT ledger_entry_line_range CHECK (line_number BETWEEN 1 AND 100);

-- Of which the provider is to be asked once more.
CREATE INDEX payment_late_news ON payments.payment (payment_id) WHERE has_late_news;

/* The state table of domain/payment.ts once more, as the second leg: a row never leaves a final state
   and its money never changes. */
CREATE FUNCTION payments.guard_payment_update() RETURNS trigger
  LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF (NEW.payment_id, NEW.order_id, NEW.attempt, NEW.provider, NEW.currency, NEW.amount_minor,
      NEW.tax_minor, NEW.created_at)
     IS DISTINCT FROM
     (OLD.payment_id, OLD.order_id, OLD.attempt, OLD.provider, OLD.currency, OLD.amount_minor,
      OLD.tax_minor, OLD.created_at) THEN
    RAISE EXCEPTION 'the identity of payment % may not change', OLD.payment_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state = 'captured' AND NEW.state <> 'captured' THEN
    RAISE EXCEPTION 'payment % is captured for good', OLD.payment_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.version < OLD.version THEN
    RAISE EXCEPTION 'the version of payment % would go back', OLD.payment_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

/* The provider's id is there when money is taken, and goes when nobody can dispute the payment any more. */
CREATE FUNCTION payments.guard_provider_reference() RETURNS trigger
  LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF NEW.state = 'captured' AND (TG_OP = 'INSERT' OR OLD.state <> 'captured') THEN
    RAISE EXCEPTION 'payment % is captured without a reference', NEW.payment_id
      USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.provider_reference IS NOT NULL
     AND (OLD.state NOT IN ('captured', 'voided', 'declined')
          OR OLD.changed_at > now() - interval '540 days') THEN
    RAISE EXCEPTION 'the reference of payment % is still needed', NEW.payment_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_provider_reference BEFORE INSERT OR UPDATE ON payments.payment
  FOR EACH ROW WHEN (NEW.provider_reference IS NULL)
  EXECUTE FUNCTION payments.guard_provider_reference();

CREATE TRIGGER guard_payment_update BEFORE UPDATE ON payments.payment
  FOR EACH ROW EXECUTE FUNCTION payments.guard_payment_update();

/* At commit every journal touched has entries and sums to zero in each of its currencies, and a payment
   that says captured has its journal. */
CREATE FUNCTION payments.assert_journal_balanced() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  unbalanced text;
BEGIN
  IF NOT EXISTS (SELECT FROM payments.ledger_entry e WHERE e.journal_id = NEW.journal_id) THEN
    RAISE EXCEPTION 'journal % has no entries', NEW.journal_id USING ERRCODE = 'check_violation';
  END IF;
  SELECT e.currency INTO unbalanced FROM payments.ledger_entry e
    WHERE e.journal_id = NEW.journal_id GROUP BY e.currency HAVING sum(e.amount_minor) <> 0 LIMIT 1;
  IF unbalanced IS NOT NULL THEN
    RAISE EXCEPTION 'journal % does not sum to zero in %', NEW.journal_id, unbalanced
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER journal_balanced AFTER INSERT ON payments.journal
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION payments.assert_journal_balanced();
CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON payments.ledger_entry
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION payments.assert_journal_balanced();

CREATE FUNCTION payments.assert_capture_posted() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM payments.journal j
                 WHERE j.payment_id = NEW.payment_id AND j.kind = 'capture') THEN
    RAISE EXCEPTION 'payment % is captured but not in the books', NEW.payment_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER capture_posted AFTER INSERT OR UPDATE OF state ON payments.payment
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.state = 'captured') EXECUTE FUNCTION payments.assert_capture_posted();

/* An entry belongs to the transaction of its journal: a posted journal takes no more of them, not even
   ones that cancel out. */
CREATE FUNCTION payments.refuse_late_entry() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM payments.journal j
                 WHERE j.journal_id = NEW.journal_id AND j.posted_in = pg_current_xact_id()) THEN
    RAISE EXCEPTION 'journal % was posted before', NEW.journal_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ledger_entry_on_time BEFORE INSERT ON payments.ledger_entry
  FOR EACH ROW EXECUTE FUNCTION payments.refuse_late_entry();

CREATE FUNCTION payments.refuse_change_of_books() RETURNS trigger
  LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  RAISE EXCEPTION 'the books are append-only: correct them by another journal'
    USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments.journal
  FOR EACH STATEMENT EXECUTE FUNCTION payments.refuse_change_of_books();
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments.ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION payments.refuse_change_of_books();

GRANT USAGE ON SCHEMA payments TO shop_api, shop_worker, shop_audit;
GRANT SELECT, INSERT, UPDATE ON payments.payment TO shop_api, shop_worker;
GRANT SELECT, INSERT ON payments.provider_event TO shop_api, shop_worker;
GRANT DELETE ON payments.provider_event TO shop_worker;
GRANT SELECT, INSERT (journal_id, kind, payment_id) ON payments.journal TO shop_api, shop_worker;
GRANT SELECT, INSERT ON payments.ledger_entry TO shop_api, shop_worker;
GRANT SELECT (payment_id, order_id, attempt, provider, method, currency, amount_minor, tax_minor, state,
              created_at, changed_at)
  ON payments.payment TO shop_audit;
GRANT SELECT ON payments.journal, payments.ledger_entry, payments.provider_event TO shop_audit;

-- libs/invoices/src/adapters/sql/shop/10-invoices.sql
ALTER TABLE invoices.invoice
  ADD CONSTRAINT invoice_id_form CHECK (invoice_id ~ '^inv_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT invoice_order_form CHECK (order_id ~ '^ord_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT invoice_legal_entity_form CHECK (legal_entity ~ '^[a-z][a-z0-9-]{0,39}$'),
  ADD CONSTRAINT invoice_country_form CHECK (country ~ '^[A-Z]{2}$'),
  ADD CONSTRAINT invoice_kind_known CHECK (kind IN ('full', 'simplified', 'record')),
  ADD CONSTRAINT invoice_cohort_form CHECK (cohort ~ '^FISCAL_[a-z][a-z0-9-]{0,39}_[0-9]{4}$'),
  ADD CONSTRAINT invoice_kept_a_while CHECK (keep_until > issued_on),
  ADD CONSTRAINT invoice_under_its_cohort CHECK (content LIKE 'c1|A256GCM|' || cohort || '|%');

-- What a law has named is not edited: it is corrected by another document. It goes after its last day.
CREATE FUNCTION invoices.guard_invoice() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.keep_until < current_date THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'invoice % is kept until %', OLD.invoice_id, OLD.keep_until USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER guard_invoice BEFORE UPDATE OR DELETE ON invoices.invoice
  FOR EACH ROW EXECUTE FUNCTION invoices.guard_invoice();

/* The invoice of an order, for a tax officer; that it was read is noted in the same statement. */
CREATE FUNCTION invoices.read_invoice(of_order text, reading_staff text, reading_purpose text)
  RETURNS SETOF invoices.invoice
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  found_invoice invoices.invoice;
BEGIN
  SELECT * INTO found_invoice FROM invoices.invoice WHERE order_id = of_order;
  IF FOUND THEN
    PERFORM privacy.note_reading(reading_staff, 'tax-officer', 'invoices.invoice', found_invoice.invoice_id,
      reading_purpose);
    RETURN NEXT found_invoice;
  END IF;
END $$;

REVOKE EXECUTE ON FUNCTION invoices.read_invoice FROM PUBLIC;
GRANT USAGE ON SCHEMA invoices TO shop_api, shop_worker, shop_audit;
GRANT EXECUTE ON FUNCTION invoices.read_invoice TO shop_api;
GRANT INSERT ON invoices.invoice TO shop_api, shop_worker;
-- everything but the content: nobody reads that without a note
GRANT SELECT (invoice_id, order_id, legal_entity, country, kind, issued_on, cohort, keep_until, names_buyer)
  ON invoices.invoice TO shop_api, shop_worker, shop_audit;
GRANT DELETE ON invoices.invoice TO shop_worker;

-- libs/flows/rights/src/adapters/sql/shop/10-rights.sql
ALTER TABLE rights.request
  ADD CONSTRAINT request_id_form CHECK (request_id ~ '^rrq_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT request_kind_known CHECK (kind IN ('export', 'rectification', 'grievance')),
  ADD CONSTRAINT request_staff_form CHECK (requested_by ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT request_purpose_known CHECK (purpose IN
    ('support_request', 'rights_request', 'fraud_check', 'legal_claim', 'incident')),
  ADD CONSTRAINT request_of_staff_has_purpose CHECK ((requested_by IS NULL) = (purpose IS NULL)),
  ADD CONSTRAINT request_due_later CHECK (due_at > requested_at),
  ADD CONSTRAINT request_extended_further CHECK (extended_to > due_at),
  ADD CONSTRAINT request_answered_later CHECK (answered_at >= requested_at),
  -- whoever is told of a correction is told once it is made
  ADD CONSTRAINT request_told_of_correction CHECK
    (told_at IS NULL OR (kind = 'rectification' AND answered_at IS NOT NULL AND told_at >= answered_at));

-- the queue of the officers, a page at a time
CREATE INDEX request_open_by_due ON rights.request (coalesce(extended_to, due_at), request_id)
  WHERE answered_at IS NULL;
CREATE INDEX request_answered ON rights.request (answered_at, request_id) WHERE answered_at IS NOT NULL;

CREATE INDEX request_untold ON rights.request (request_id)
  WHERE kind = 'rectification' AND answered_at IS NOT NULL AND told_at IS NULL;

ALTER TABLE rights.export
  ADD CONSTRAINT export_status_known CHECK
    (status IN ('requested', 'ready', 'downloaded', 'expired', 'failed')),
  ADD CONSTRAINT export_passphrase_is_ciphertext CHECK (passphrase LIKE 'v1|%'),
  ADD CONSTRAINT export_archive_is_ciphertext CHECK (archive LIKE 'v1|%'),
  ADD CONSTRAINT export_link_is_ciphertext CHECK (link LIKE 'v1|%'),
  ADD CONSTRAINT export_link_while_of_use CHECK (link IS NULL OR status IN ('requested', 'ready')),
  -- what opens the archive and the archive itself are never here together
  ADD CONSTRAINT export_passphrase_until_made CHECK ((status = 'requested') = (passphrase IS NOT NULL)),
  ADD CONSTRAINT export_archive_while_ready CHECK ((status = 'ready') = (archive IS NOT NULL)),
  ADD CONSTRAINT export_token_hash_length CHECK (octet_length(token_hash) = 32),
  ADD CONSTRAINT export_attempts_counted CHECK (attempts >= 0),
  ADD CONSTRAINT export_made_has_instant CHECK (status NOT IN ('ready', 'downloaded') OR made_at IS NOT NULL),
  ADD CONSTRAINT export_gone_in_a_week CHECK (expires_at <= made_at + interval '168 hours'),
  ADD CONSTRAINT export_downloaded_has_instant CHECK ((status = 'downloaded') = (downloaded_at IS NOT NULL));

ALTER TABLE rights.grievance
  ADD CONSTRAINT grievance_content_is_ciphertext CHECK (content LIKE 'v1|%'),
  ADD CONSTRAINT grievance_answer_is_ciphertext CHECK (answer LIKE 'v1|%'),
  ADD CONSTRAINT grievance_answered_by_form CHECK (answered_by ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT grievance_answer_whole CHECK (num_nulls(answer, answered_by) IN (0, 2));

ALTER TABLE rights.nominee
  ADD CONSTRAINT nominee_id_form CHECK (nominee_id ~ '^nmn_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT nominee_place_range CHECK (place BETWEEN 1 AND 10),
  ADD CONSTRAINT nominee_content_is_ciphertext CHECK (content LIKE 'v1|%'),
  ADD CONSTRAINT nominee_heard_by_form CHECK (heard_by ~ '^stf_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT nominee_evidence_form CHECK (evidence ~ '^[A-Z]{1,8}-[0-9]{4}-[0-9]{1,6}$'),
  ADD CONSTRAINT nominee_heard_whole CHECK (num_nulls(heard_at, heard_by, evidence) IN (0, 3));

CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON rights.grievance
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'content', 'answer');
CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON rights.nominee
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'content');
CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON rights.request
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'kind');
CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON rights.export
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'passphrase', 'archive', 'link');

-- A link that was used stays used: no state is ever left backwards.
CREATE FUNCTION rights.guard_export() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF NEW.status <> OLD.status AND OLD.status || '>' || NEW.status NOT IN
    ('requested>ready', 'requested>failed', 'requested>expired', 'ready>downloaded', 'ready>expired') THEN
    RAISE EXCEPTION 'export % does not go from % to %', OLD.request_id, OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.token_hash <> OLD.token_hash THEN
    RAISE EXCEPTION 'the link of export % is the one that was handed out', OLD.request_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER export_goes_forward BEFORE UPDATE ON rights.export
  FOR EACH ROW EXECUTE FUNCTION rights.guard_export();

GRANT USAGE ON SCHEMA rights TO shop_api, shop_worker, shop_audit;
GRANT SELECT, INSERT, UPDATE ON rights.request TO shop_api;
GRANT SELECT, INSERT, UPDATE ON rights.export TO shop_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON rights.request, rights.export TO shop_worker;
GRANT SELECT, INSERT, UPDATE (answer, answered_by) ON rights.grievance TO shop_api;
GRANT SELECT, INSERT, DELETE, UPDATE (heard_at, heard_by, evidence) ON rights.nominee TO shop_api;
GRANT SELECT, DELETE ON rights.grievance, rights.nominee TO shop_worker;
-- what a former key of the person sealed is sealed anew
GRANT UPDATE (content, answer) ON rights.grievance TO shop_worker;
GRANT UPDATE (content) ON rights.nominee TO shop_worker;
GRANT SELECT (request_id, kind, requested_at, due_at, extended_to, answered_at, told_at) ON rights.request TO shop_audit;
GRANT SELECT (request_id, status, attempts, made_at, expires_at, downloaded_at) ON rights.export TO shop_audit;

-- libs/flows/relocation/src/adapters/sql/shop/10-relocation.sql
ALTER TABLE relocation.departure
  ADD CONSTRAINT departure_id_form CHECK (relocation_id ~ '^rel_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT departure_to_form CHECK (to_cell ~ '^[a-z]{2}-[1-9][0-9]{0,2}$'),
  ADD CONSTRAINT departure_status_known CHECK (status IN ('issued', 'completed', 'voided', 'withdrawn')),
  ADD CONSTRAINT departure_erasure_form CHECK (erasure_request_id ~ '^ers_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT departure_packet_is_short_lived CHECK
    (expires_at > issued_at AND expires_at <= issued_at + interval '30 minutes'),
  -- whoever has moved is being forgotten here
  ADD CONSTRAINT departure_completed_is_erased CHECK
    ((status = 'completed') = (completed_at IS NOT NULL) AND (status = 'completed') = (erasure_request_id IS NOT NULL)),
  ADD CONSTRAINT departure_completed_later CHECK (completed_at >= issued_at),
  ADD CONSTRAINT departure_receipt_in_time CHECK (completed_at <= expires_at + interval '170 hours');

-- one packet of a person is good, the newest
CREATE UNIQUE INDEX departure_one_open ON relocation.departure (subject_id) WHERE status = 'issued';

CREATE TRIGGER guard_subject_write BEFORE INSERT OR UPDATE ON relocation.departure
  FOR EACH ROW EXECUTE FUNCTION privacy.guard_subject_write('subject_id', 'to_cell');

-- What a packet was bound to stays, and an end is an end.
CREATE FUNCTION relocation.guard_departure() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF NEW.status <> OLD.status AND OLD.status <> 'issued' THEN
    RAISE EXCEPTION 'relocation % does not go from % to %', OLD.relocation_id, OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.relocation_id, NEW.to_cell, NEW.issued_at, NEW.expires_at)
     IS DISTINCT FROM (OLD.relocation_id, OLD.to_cell, OLD.issued_at, OLD.expires_at) THEN
    RAISE EXCEPTION 'the packet of relocation % is the one that was handed out', OLD.relocation_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER departure_goes_forward BEFORE UPDATE ON relocation.departure
  FOR EACH ROW EXECUTE FUNCTION relocation.guard_departure();

ALTER TABLE relocation.arrival
  ADD CONSTRAINT arrival_packet_form CHECK (packet_id ~ '^rel_[a-z]{2}-[0-9]+_[0-9a-z]{26}$'),
  ADD CONSTRAINT arrival_from_form CHECK (from_cell ~ '^[a-z]{2}-[1-9][0-9]{0,2}$');

-- A mark is never moved to another packet; it may go where the packet was refused, or is over.
CREATE FUNCTION relocation.refuse_arrival_change() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  RAISE EXCEPTION 'the mark of packet % stays as it is', OLD.packet_id USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER arrival_stays BEFORE UPDATE ON relocation.arrival
  FOR EACH ROW EXECUTE FUNCTION relocation.refuse_arrival_change();

GRANT USAGE ON SCHEMA relocation TO shop_api, shop_worker, shop_audit;
GRANT SELECT, INSERT, UPDATE ON relocation.departure TO shop_api;
GRANT SELECT, INSERT, DELETE ON relocation.arrival TO shop_api;
-- the worker exports, erases, and sweeps what is over
GRANT SELECT, DELETE ON relocation.departure, relocation.arrival TO shop_worker;
GRANT SELECT (relocation_id, to_cell, status, issued_at, expires_at, completed_at) ON relocation.departure TO shop_audit;
GRANT SELECT ON relocation.arrival TO shop_audit;
