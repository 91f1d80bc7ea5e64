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
