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
