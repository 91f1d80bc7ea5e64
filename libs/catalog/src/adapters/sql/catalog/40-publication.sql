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
