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
