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
