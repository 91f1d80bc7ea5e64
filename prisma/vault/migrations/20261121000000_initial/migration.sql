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

-- CreateTable
CREATE TABLE "cell"."identity" (
    "only_row" BOOLEAN NOT NULL DEFAULT true,
    "cell" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_pkey" PRIMARY KEY ("only_row")
);

-- libs/platform/database/src/adapters/sql/vault/00-cell.sql
-- The marker row is written once, by the owner; everyone may compare it with what they were told.
ALTER TABLE cell.identity ADD CONSTRAINT identity_is_one_row CHECK (only_row);

GRANT USAGE ON SCHEMA cell TO vault_api, vault_worker, vault_border, vault_audit, vault_eraser;
GRANT SELECT ON cell.identity TO vault_api, vault_worker, vault_border, vault_audit, vault_eraser;
