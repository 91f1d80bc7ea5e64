-- Composed by `npm run entrepot -- migrate compose` from the Prisma schema and the owners' SQL files.
-- Edit those, not this file.

-- Nobody gets a right that no owner's file names.
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TYPES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON SCHEMAS FROM PUBLIC;

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "catalog";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "catalog_local";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "cell";

-- CreateTable
CREATE TABLE "catalog"."product" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "category_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,
    "version" BIGINT NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "product_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "catalog"."product_translation" (
    "product_id" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "description" TEXT NOT NULL,

    CONSTRAINT "product_translation_pkey" PRIMARY KEY ("product_id","locale")
);

-- CreateTable
CREATE TABLE "catalog"."product_option" (
    "product_id" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "labels" JSONB NOT NULL,

    CONSTRAINT "product_option_pkey" PRIMARY KEY ("product_id","code")
);

-- CreateTable
CREATE TABLE "catalog"."product_option_value" (
    "product_id" TEXT NOT NULL,
    "option_code" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "labels" JSONB NOT NULL,

    CONSTRAINT "product_option_value_pkey" PRIMARY KEY ("product_id","option_code","code")
);

-- CreateTable
CREATE TABLE "catalog"."variant" (
    "id" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "warehouse_hint" TEXT,

    CONSTRAINT "variant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "catalog"."variant_choice" (
    "variant_id" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "option_code" TEXT NOT NULL,
    "value_code" TEXT NOT NULL,

    CONSTRAINT "variant_choice_pkey" PRIMARY KEY ("variant_id","option_code")
);

-- CreateTable
CREATE TABLE "catalog"."price" (
    "variant_id" TEXT NOT NULL,
    "market" TEXT NOT NULL,
    "sales_channel_id" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "price_version" BIGINT NOT NULL DEFAULT 1,

    CONSTRAINT "price_pkey" PRIMARY KEY ("variant_id","market","sales_channel_id")
);

-- CreateTable
CREATE TABLE "catalog"."product_media" (
    "product_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "content_hash" TEXT NOT NULL,
    "alt" JSONB NOT NULL,

    CONSTRAINT "product_media_pkey" PRIMARY KEY ("product_id","position")
);

-- CreateTable
CREATE TABLE "catalog"."media_object" (
    "content_hash" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "media_object_pkey" PRIMARY KEY ("content_hash")
);

-- CreateTable
CREATE TABLE "catalog"."category" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "parent_id" TEXT,
    "position" INTEGER NOT NULL,

    CONSTRAINT "category_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "catalog"."category_translation" (
    "category_id" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,

    CONSTRAINT "category_translation_pkey" PRIMARY KEY ("category_id","locale")
);

-- CreateTable
CREATE TABLE "catalog"."category_tree" (
    "only_row" BOOLEAN NOT NULL DEFAULT true,
    "version" BIGINT NOT NULL DEFAULT 1,

    CONSTRAINT "category_tree_pkey" PRIMARY KEY ("only_row")
);

-- CreateTable
CREATE TABLE "catalog"."heartbeat" (
    "leader_cell" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "beat_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "heartbeat_pkey" PRIMARY KEY ("leader_cell")
);

-- CreateTable
CREATE TABLE "catalog"."published_schema" (
    "only_row" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL,

    CONSTRAINT "published_schema_pkey" PRIMARY KEY ("only_row")
);

-- CreateTable
CREATE TABLE "catalog_local"."catalog_dirty" (
    "sequence" BIGSERIAL NOT NULL,
    "product_id" TEXT NOT NULL,
    "version" BIGINT NOT NULL,

    CONSTRAINT "catalog_dirty_pkey" PRIMARY KEY ("sequence")
);

-- CreateTable
CREATE TABLE "catalog_local"."listing_entry" (
    "market" TEXT NOT NULL,
    "sales_channel_id" TEXT NOT NULL,
    "category_id" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "from_amount_minor" BIGINT NOT NULL,

    CONSTRAINT "listing_entry_pkey" PRIMARY KEY ("market","sales_channel_id","category_id","product_id")
);

-- CreateTable
CREATE TABLE "catalog_local"."search_entry" (
    "product_id" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "document" tsvector NOT NULL,

    CONSTRAINT "search_entry_pkey" PRIMARY KEY ("product_id","locale")
);

-- CreateTable
CREATE TABLE "catalog_local"."applied_edit" (
    "change_id" UUID NOT NULL,
    "product_id" TEXT NOT NULL,
    "version" BIGINT NOT NULL,
    "applied_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "applied_edit_pkey" PRIMARY KEY ("change_id")
);

-- CreateTable
CREATE TABLE "catalog_local"."cell_schema_version" (
    "cell" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cell_schema_version_pkey" PRIMARY KEY ("cell")
);

-- CreateTable
CREATE TABLE "cell"."identity" (
    "only_row" BOOLEAN NOT NULL DEFAULT true,
    "cell" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_pkey" PRIMARY KEY ("only_row")
);

-- CreateIndex
CREATE UNIQUE INDEX "product_slug_key" ON "catalog"."product"("slug");

-- CreateIndex
CREATE INDEX "product_category_id_idx" ON "catalog"."product"("category_id");

-- CreateIndex
CREATE UNIQUE INDEX "variant_sku_key" ON "catalog"."variant"("sku");

-- CreateIndex
CREATE INDEX "variant_product_id_idx" ON "catalog"."variant"("product_id");

-- CreateIndex
CREATE UNIQUE INDEX "variant_id_product_id_key" ON "catalog"."variant"("id", "product_id");

-- CreateIndex
CREATE INDEX "variant_choice_product_id_idx" ON "catalog"."variant_choice"("product_id");

-- CreateIndex
CREATE INDEX "price_product_id_market_sales_channel_id_idx" ON "catalog"."price"("product_id", "market", "sales_channel_id");

-- CreateIndex
CREATE UNIQUE INDEX "category_slug_key" ON "catalog"."category"("slug");

-- CreateIndex
CREATE INDEX "category_parent_id_idx" ON "catalog"."category"("parent_id");

-- CreateIndex
CREATE INDEX "listing_entry_featured" ON "catalog_local"."listing_entry"("market", "sales_channel_id", "category_id", "position", "product_id");

-- CreateIndex
CREATE INDEX "listing_entry_newest" ON "catalog_local"."listing_entry"("market", "sales_channel_id", "category_id", "created_at", "product_id");

-- CreateIndex
CREATE INDEX "listing_entry_price" ON "catalog_local"."listing_entry"("market", "sales_channel_id", "category_id", "from_amount_minor", "product_id");

-- CreateIndex
CREATE INDEX "listing_entry_product_id_idx" ON "catalog_local"."listing_entry"("product_id");

-- AddForeignKey
ALTER TABLE "catalog"."product" ADD CONSTRAINT "product_category_id_fkey" FOREIGN KEY ("category_id") REFERENCES "catalog"."category"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."product_translation" ADD CONSTRAINT "product_translation_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "catalog"."product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."product_option" ADD CONSTRAINT "product_option_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "catalog"."product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."product_option_value" ADD CONSTRAINT "product_option_value_product_id_option_code_fkey" FOREIGN KEY ("product_id", "option_code") REFERENCES "catalog"."product_option"("product_id", "code") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."variant" ADD CONSTRAINT "variant_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "catalog"."product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."variant_choice" ADD CONSTRAINT "variant_choice_variant_id_product_id_fkey" FOREIGN KEY ("variant_id", "product_id") REFERENCES "catalog"."variant"("id", "product_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."variant_choice" ADD CONSTRAINT "variant_choice_product_id_option_code_value_code_fkey" FOREIGN KEY ("product_id", "option_code", "value_code") REFERENCES "catalog"."product_option_value"("product_id", "option_code", "code") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."price" ADD CONSTRAINT "price_variant_id_product_id_fkey" FOREIGN KEY ("variant_id", "product_id") REFERENCES "catalog"."variant"("id", "product_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."product_media" ADD CONSTRAINT "product_media_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "catalog"."product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."product_media" ADD CONSTRAINT "product_media_content_hash_fkey" FOREIGN KEY ("content_hash") REFERENCES "catalog"."media_object"("content_hash") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."category" ADD CONSTRAINT "category_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "catalog"."category"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."category_translation" ADD CONSTRAINT "category_translation_category_id_fkey" FOREIGN KEY ("category_id") REFERENCES "catalog"."category"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- libs/platform/database/src/adapters/sql/catalog/00-cell.sql
-- The marker row is written once, by the owner; everyone may compare it with what they were told.
ALTER TABLE cell.identity
  ADD CONSTRAINT identity_is_one_row CHECK (only_row),
  ADD CONSTRAINT identity_cell_shape CHECK (cell ~ '^[a-z]{2}-[1-9][0-9]{0,2}$'),
  ADD CONSTRAINT identity_region_shape CHECK (region = left(cell, 2));

GRANT USAGE ON SCHEMA cell TO catalog_api, catalog_worker, catalog_border, catalog_audit;
GRANT SELECT ON cell.identity TO catalog_api, catalog_worker, catalog_border, catalog_audit;

-- libs/catalog/src/adapters/sql/catalog/10-checks.sql
-- What Prisma cannot say about a row.

ALTER TABLE catalog.product
  ADD CONSTRAINT product_id_shape CHECK (id ~ '^prd_[0-9a-z]{26}$'),
  ADD CONSTRAINT product_slug_shape CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 120),
  ADD CONSTRAINT product_status_known CHECK (status IN ('ACTIVE', 'ARCHIVED')),
  ADD CONSTRAINT product_version_positive CHECK (version > 0);

ALTER TABLE catalog.product_translation
  ADD CONSTRAINT product_translation_locale_known CHECK (locale IN ('en', 'hi', 'de')),
  ADD CONSTRAINT product_translation_name_length CHECK (length(name) BETWEEN 1 AND 200);

ALTER TABLE catalog.product_option
  ADD CONSTRAINT product_option_code_shape CHECK (code ~ '^[a-z][a-z0-9-]{0,39}$'),
  ADD CONSTRAINT product_option_labels_map CHECK (jsonb_typeof(labels) = 'object');

ALTER TABLE catalog.product_option_value
  ADD CONSTRAINT product_option_value_code_shape CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  ADD CONSTRAINT product_option_value_labels_map CHECK (jsonb_typeof(labels) = 'object');

ALTER TABLE catalog.variant
  ADD CONSTRAINT variant_id_shape CHECK (id ~ '^var_[0-9a-z]{26}$'),
  ADD CONSTRAINT variant_sku_shape CHECK (sku ~ '^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$'),
  ADD CONSTRAINT variant_status_known CHECK (status IN ('ACTIVE', 'ARCHIVED')),
  ADD CONSTRAINT variant_warehouse_shape CHECK (warehouse_hint ~ '^[a-z][a-z0-9-]{1,31}$');

ALTER TABLE catalog.price
  ADD CONSTRAINT price_market_shape CHECK (market ~ '^[a-z]{2}$'),
  ADD CONSTRAINT price_sales_channel_shape CHECK (sales_channel_id ~ '^[a-z][a-z0-9-]{0,31}$'),
  ADD CONSTRAINT price_currency_shape CHECK (currency ~ '^[A-Z]{3}$'),
  -- the upper bound is the largest integer that JSON carries without loss
  ADD CONSTRAINT price_amount_range CHECK (amount_minor BETWEEN 0 AND 9007199254740991),
  ADD CONSTRAINT price_version_positive CHECK (price_version > 0);

ALTER TABLE catalog.product_media
  ADD CONSTRAINT product_media_alt_map CHECK (jsonb_typeof(alt) = 'object');

ALTER TABLE catalog.media_object
  ADD CONSTRAINT media_object_named_by_content
    CHECK (content_hash = encode(sha256(bytes), 'hex')),
  ADD CONSTRAINT media_object_type_known
    CHECK (media_type IN ('image/svg+xml', 'image/png', 'image/jpeg', 'image/webp', 'image/avif')),
  ADD CONSTRAINT media_object_size CHECK (width > 0 AND height > 0);

ALTER TABLE catalog.category
  ADD CONSTRAINT category_id_shape CHECK (id ~ '^cat_[0-9a-z]{26}$'),
  ADD CONSTRAINT category_slug_shape
    CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 120),
  ADD CONSTRAINT category_not_its_own_parent CHECK (parent_id <> id);

ALTER TABLE catalog.category_translation
  ADD CONSTRAINT category_translation_locale_known CHECK (locale IN ('en', 'hi', 'de')),
  ADD CONSTRAINT category_translation_name_length CHECK (length(name) BETWEEN 1 AND 200);

ALTER TABLE catalog.category_tree
  ADD CONSTRAINT category_tree_only_row CHECK (only_row);

ALTER TABLE catalog.published_schema
  ADD CONSTRAINT published_schema_only_row CHECK (only_row);

ALTER TABLE catalog_local.listing_entry
  ADD CONSTRAINT listing_entry_amount_range
    CHECK (from_amount_minor BETWEEN 0 AND 9007199254740991);

-- libs/catalog/src/adapters/sql/catalog/20-search.sql
-- Words: one dictionary per language, and trigrams for what no dictionary knows (typing errors,
-- article numbers).

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA catalog_local;

CREATE INDEX search_entry_document ON catalog_local.search_entry USING gin (document);
CREATE INDEX search_entry_name_trigrams ON catalog_local.search_entry
  USING gin (name catalog_local.gin_trgm_ops);

-- The text search configuration of a locale. Immutable, as the list of locales is part of the schema.
CREATE FUNCTION catalog_local.search_configuration(locale text) RETURNS regconfig
  LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = ''
  RETURN CASE locale
    WHEN 'en' THEN 'pg_catalog.english'::regconfig
    WHEN 'de' THEN 'pg_catalog.german'::regconfig
    WHEN 'hi' THEN 'pg_catalog.hindi'::regconfig
    ELSE 'pg_catalog.simple'::regconfig
  END;

-- Products whose name has a part like the words: for typing errors, which no dictionary forgives. The
-- threshold is set here because the index knows it only as a setting.
CREATE FUNCTION catalog_local.similar_names(words text, in_locale text)
  RETURNS TABLE (product_id text, likeness real)
  LANGUAGE sql STABLE SET search_path = '' SET pg_trgm.word_similarity_threshold = '0.45' AS $$
    SELECT s.product_id, catalog_local.word_similarity(words, s.name)
      FROM catalog_local.search_entry s
     WHERE s.locale = in_locale AND words OPERATOR(catalog_local.<%) s.name
  $$;

-- libs/catalog/src/adapters/sql/catalog/30-triggers.sql
-- Triggers that fire at the leader, at every follower and during the initial copy (ENABLE ALWAYS)
-- note which products' caches and projections are behind; the worker's drain reads that. No NOTIFY:
-- it would take a cluster-wide lock at commit. The apply worker runs with an empty search_path, so
-- every name is qualified.

CREATE FUNCTION catalog_local.mark_product() RETURNS trigger
  LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO catalog_local.catalog_dirty (product_id, version) VALUES (OLD.id, OLD.version + 1);
  ELSE
    INSERT INTO catalog_local.catalog_dirty (product_id, version) VALUES (NEW.id, NEW.version);
  END IF;
  RETURN NULL;
END $$;

-- A row below a product that arrives in another transaction than the product itself, as in the
-- initial copy (each table is copied on its own): mark the product once more. In the usual case the
-- product row was written by this very transaction and has marked itself.
CREATE FUNCTION catalog_local.mark_product_of_part() RETURNS trigger
  LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  part_product text := CASE WHEN TG_OP = 'DELETE' THEN OLD.product_id ELSE NEW.product_id END;
  product record;
BEGIN
  SELECT p.version, p.xmin = pg_catalog.pg_current_xact_id()::pg_catalog.xid AS marked
    INTO product FROM catalog.product p WHERE p.id = part_product;
  IF product.marked IS DISTINCT FROM true THEN
    INSERT INTO catalog_local.catalog_dirty (product_id, version)
      VALUES (part_product, coalesce(product.version, 0));
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION catalog_local.mark_categories() RETURNS trigger
  LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  INSERT INTO catalog_local.catalog_dirty (product_id, version)
    VALUES ('categories', coalesce((SELECT t.version FROM catalog.category_tree t), 0));
  RETURN NULL;
END $$;

-- The next two fire for ordinary sessions only, never for the apply worker.

-- A follower's tables are written by replication alone: a row of its own would stop the apply worker.
CREATE FUNCTION catalog_local.refuse_at_follower() RETURNS trigger
  LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF EXISTS (
    SELECT FROM pg_catalog.pg_subscription s
      JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
     WHERE d.datname = pg_catalog.current_database()
  ) THEN
    RAISE EXCEPTION 'this cell follows the catalog leader and does not write the catalog'
      USING ERRCODE = 'read_only_sql_transaction';
  END IF;
  RETURN NULL;
END $$;

-- Every write below a product raises the product's version first: that takes the row lock which puts
-- the writes of one product into one order.
CREATE FUNCTION catalog_local.require_version_raised() RETURNS trigger
  LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  part_product text := CASE WHEN TG_OP = 'DELETE' THEN OLD.product_id ELSE NEW.product_id END;
BEGIN
  IF NOT EXISTS (
    SELECT FROM catalog.product p
     WHERE p.id = part_product AND p.xmin = pg_catalog.pg_current_xact_id()::pg_catalog.xid
  ) THEN
    RAISE EXCEPTION '% of product % written without raising its version', TG_TABLE_NAME, part_product
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION catalog_local.require_version_growth() RETURNS trigger
  LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  IF NEW.version <= OLD.version THEN
    RAISE EXCEPTION 'the version of % may only grow', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER mark_dirty AFTER INSERT OR UPDATE OR DELETE ON catalog.product
  FOR EACH ROW EXECUTE FUNCTION catalog_local.mark_product();
ALTER TABLE catalog.product ENABLE ALWAYS TRIGGER mark_dirty;
CREATE TRIGGER version_grows BEFORE UPDATE ON catalog.product
  FOR EACH ROW EXECUTE FUNCTION catalog_local.require_version_growth();
CREATE TRIGGER leader_only AFTER INSERT OR UPDATE OR DELETE ON catalog.product
  FOR EACH STATEMENT EXECUTE FUNCTION catalog_local.refuse_at_follower();

CREATE TRIGGER mark_dirty AFTER INSERT OR UPDATE OR DELETE ON catalog.category_tree
  FOR EACH ROW EXECUTE FUNCTION catalog_local.mark_categories();
ALTER TABLE catalog.category_tree ENABLE ALWAYS TRIGGER mark_dirty;
CREATE TRIGGER version_grows BEFORE UPDATE ON catalog.category_tree
  FOR EACH ROW EXECUTE FUNCTION catalog_local.require_version_growth();

DO $$
DECLARE
  part text;
BEGIN
  FOREACH part IN ARRAY ARRAY['product_translation', 'product_option', 'product_option_value',
                              'variant', 'variant_choice', 'price', 'product_media'] LOOP
    EXECUTE format('CREATE TRIGGER mark_dirty AFTER INSERT OR UPDATE OR DELETE ON catalog.%I
      FOR EACH ROW EXECUTE FUNCTION catalog_local.mark_product_of_part()', part);
    EXECUTE format('ALTER TABLE catalog.%I ENABLE ALWAYS TRIGGER mark_dirty', part);
    EXECUTE format('CREATE TRIGGER version_raised AFTER INSERT OR UPDATE OR DELETE ON catalog.%I
      FOR EACH ROW EXECUTE FUNCTION catalog_local.require_version_raised()', part);
  END LOOP;
  FOREACH part IN ARRAY ARRAY['category', 'category_translation'] LOOP
    -- per row: the apply worker fires no statement triggers
    EXECUTE format('CREATE TRIGGER mark_dirty AFTER INSERT OR UPDATE OR DELETE ON catalog.%I
      FOR EACH ROW EXECUTE FUNCTION catalog_local.mark_categories()', part);
    EXECUTE format('ALTER TABLE catalog.%I ENABLE ALWAYS TRIGGER mark_dirty', part);
    EXECUTE format('CREATE TRIGGER leader_only AFTER INSERT OR UPDATE OR DELETE ON catalog.%I
      FOR EACH STATEMENT EXECUTE FUNCTION catalog_local.refuse_at_follower()', part);
  END LOOP;
END $$;

-- libs/catalog/src/adapters/sql/catalog/40-publication.sql
-- The first of the three crossings. The column lists are written out: a new column stays at home
-- until it is named here. They are a convenience for readers and for guards, not the boundary: the
-- boundary is that this cluster holds nothing that may not cross.

CREATE PUBLICATION entrepot_catalog FOR TABLE
  catalog.product
    (id, slug, status, category_id, position, version, created_at, updated_at),
  catalog.product_translation (product_id, locale, name, summary, description),
  catalog.product_option (product_id, code, position, labels),
  catalog.product_option_value (product_id, option_code, code, position, labels),
  catalog.variant (id, product_id, sku, status, position, warehouse_hint),
  catalog.variant_choice (variant_id, product_id, option_code, value_code),
  catalog.price
    (variant_id, market, sales_channel_id, product_id, currency, amount_minor, price_version),
  catalog.product_media (product_id, position, content_hash, alt),
  catalog.media_object (content_hash, media_type, width, height, bytes),
  catalog.category (id, slug, parent_id, position),
  catalog.category_translation (category_id, locale, name, description),
  catalog.category_tree (only_row, version),
  catalog.heartbeat (leader_cell, sequence, beat_at),
  catalog.published_schema (only_row, version)
WITH (publish = 'insert, update, delete');

-- The version of the published tables this migration makes. Raise it with every change to the list
-- above; `catalog.published_schema` follows once every cell has it.
CREATE FUNCTION catalog_local.migrated_schema_version() RETURNS int
  LANGUAGE sql IMMUTABLE SET search_path = '' RETURN 1;

CREATE FUNCTION catalog_local.refuse_publishing_ahead() RETURNS trigger
  LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  slowest record;
BEGIN
  SELECT v.cell, v.version INTO slowest
    FROM catalog_local.cell_schema_version v ORDER BY v.version LIMIT 1;
  IF NEW.version > slowest.version THEN
    RAISE EXCEPTION 'cell % has catalog schema %, publishing % would stop its subscription',
      slowest.cell, slowest.version, NEW.version
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER subscribers_first BEFORE INSERT OR UPDATE ON catalog.published_schema
  FOR EACH ROW EXECUTE FUNCTION catalog_local.refuse_publishing_ahead();

-- libs/catalog/src/adapters/sql/catalog/50-grants.sql
-- Least rights. The API reads, and at the leader writes what staff edit; triggers refuse it at a
-- follower. Rows of products are archived, never deleted.

GRANT USAGE ON SCHEMA catalog, catalog_local
  TO catalog_api, catalog_worker, catalog_border, catalog_audit;

GRANT SELECT ON ALL TABLES IN SCHEMA catalog
  TO catalog_api, catalog_worker, catalog_border, catalog_audit;
GRANT INSERT, UPDATE ON
  catalog.product, catalog.product_translation, catalog.product_option,
  catalog.product_option_value, catalog.variant, catalog.price, catalog.category,
  catalog.category_translation, catalog.category_tree TO catalog_api;
GRANT INSERT ON catalog.variant_choice, catalog.product_media, catalog.media_object TO catalog_api;
GRANT INSERT, UPDATE ON catalog.heartbeat TO catalog_worker;
GRANT INSERT, UPDATE ON catalog.published_schema TO catalog_border;

GRANT INSERT ON catalog_local.catalog_dirty TO catalog_api;
GRANT SELECT, DELETE ON catalog_local.catalog_dirty TO catalog_worker;
GRANT USAGE ON SEQUENCE catalog_local.catalog_dirty_sequence_seq TO catalog_api;

GRANT SELECT ON catalog_local.listing_entry, catalog_local.search_entry TO catalog_api;
GRANT SELECT, INSERT, UPDATE, DELETE
  ON catalog_local.listing_entry, catalog_local.search_entry TO catalog_worker;

GRANT SELECT, INSERT ON catalog_local.applied_edit TO catalog_api;
GRANT SELECT, DELETE ON catalog_local.applied_edit TO catalog_worker;

GRANT SELECT, INSERT, UPDATE ON catalog_local.cell_schema_version
  TO catalog_worker, catalog_border;
GRANT SELECT ON catalog_local.cell_schema_version TO catalog_api, catalog_audit;

-- Functions are open to nobody unless it is said: these choose dictionaries and compare trigrams.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA catalog_local TO catalog_api, catalog_worker;
GRANT EXECUTE ON FUNCTION catalog_local.migrated_schema_version() TO catalog_border;

-- The replication role, which exists at the leader only, copies the published tables.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'catalog_replication') THEN
    GRANT USAGE ON SCHEMA catalog TO catalog_replication;
    GRANT SELECT ON ALL TABLES IN SCHEMA catalog TO catalog_replication;
  END IF;
END $$;
