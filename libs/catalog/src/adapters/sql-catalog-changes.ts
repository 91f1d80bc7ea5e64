import { Injectable } from '@nestjs/common';
import { CatalogDatabase, statement } from '@entrepot/platform-database';

import type { CatalogChangeBatch } from '../application/catalog-changes.ts';
import { CatalogChanges } from '../application/catalog-changes.ts';

const treeMark = 'categories';
/** A transaction far below its time-out, on a busy machine too: a drain that times out never ends. */
const productsPerTransaction = 25;

const readDirty = statement(
  'catalog.read_dirty',
  `SELECT d.sequence, d.product_id AS "productId", p.slug,
          greatest(d.version, coalesce(p.version, 0)) AS version
     FROM (SELECT * FROM catalog_local.catalog_dirty ORDER BY sequence LIMIT $1) d
     LEFT JOIN catalog.product p ON p.id = d.product_id
    ORDER BY d.sequence`,
);
const forgetDirty = statement(
  'catalog.forget_dirty',
  'DELETE FROM catalog_local.catalog_dirty WHERE sequence = ANY($1)',
);
/** Two workers may overlap while one replaces the other; they take turns. */
const lockProjections = statement(
  'catalog.lock_projections',
  `SELECT pg_advisory_xact_lock(hashtext('catalog_local.projections'))`,
);
const clearListing = statement(
  'catalog.clear_listing',
  'DELETE FROM catalog_local.listing_entry WHERE product_id = ANY($1)',
);
const writeListing = statement(
  'catalog.write_listing',
  `WITH RECURSIVE above AS (
     SELECT p.id AS product_id, p.category_id AS category_id
       FROM catalog.product p WHERE p.id = ANY($1) AND p.status = 'ACTIVE'
     UNION
     SELECT a.product_id, c.parent_id
       FROM above a JOIN catalog.category c ON c.id = a.category_id
      WHERE c.parent_id IS NOT NULL),
   listed AS (
     SELECT * FROM above
     UNION ALL
     SELECT p.id, '*' FROM catalog.product p WHERE p.id = ANY($1) AND p.status = 'ACTIVE'),
   priced AS (
     SELECT r.product_id, r.market, r.sales_channel_id, min(r.amount_minor) AS from_amount_minor
       FROM catalog.price r JOIN catalog.variant v ON v.id = r.variant_id AND v.status = 'ACTIVE'
      WHERE r.product_id = ANY($1)
      GROUP BY r.product_id, r.market, r.sales_channel_id)
   INSERT INTO catalog_local.listing_entry
     (market, sales_channel_id, category_id, product_id, position, created_at, from_amount_minor)
   SELECT priced.market, priced.sales_channel_id, listed.category_id, p.id, p.position,
          p.created_at, priced.from_amount_minor
     FROM listed
     JOIN catalog.product p ON p.id = listed.product_id AND p.id = ANY($1)
     JOIN priced ON priced.product_id = p.id`,
);
const clearSearch = statement(
  'catalog.clear_search',
  'DELETE FROM catalog_local.search_entry WHERE product_id = ANY($1)',
);
/** A product without a text in a language is found in it by the text it does have. */
const writeSearch = statement(
  'catalog.write_search',
  `INSERT INTO catalog_local.search_entry (product_id, locale, name, document)
   SELECT p.id, l.locale, t.name,
          setweight(to_tsvector(l.configuration, t.name), 'A')
            || setweight(to_tsvector('pg_catalog.simple', articles.skus), 'A')
            || setweight(to_tsvector(l.configuration, coalesce(c.name, '')), 'B')
            || setweight(to_tsvector(l.configuration, t.summary), 'C')
            || setweight(to_tsvector(l.configuration, t.description), 'D')
     FROM catalog.product p
    CROSS JOIN (SELECT locale, catalog_local.search_configuration(locale) AS configuration
                  FROM unnest(ARRAY['en', 'hi', 'de']) AS locale) l
    CROSS JOIN LATERAL (
          SELECT name, summary, description FROM catalog.product_translation
           WHERE product_id = p.id
           ORDER BY (locale = l.locale) DESC, (locale = 'en') DESC, locale LIMIT 1) t
    CROSS JOIN LATERAL (
          SELECT coalesce(string_agg(v.sku, ' '), '') AS skus
            FROM catalog.variant v WHERE v.product_id = p.id AND v.status = 'ACTIVE') articles
     LEFT JOIN catalog.category_translation c
            ON c.category_id = p.category_id AND c.locale = l.locale
    WHERE p.id = ANY($1) AND p.status = 'ACTIVE'`,
);

interface DirtyRow {
  readonly sequence: bigint;
  readonly productId: string;
  readonly slug: string | null;
  readonly version: bigint;
}

@Injectable()
export class SqlCatalogChanges extends CatalogChanges {
  constructor(private readonly database: CatalogDatabase) {
    super();
  }

  async next(rowsMax: number): Promise<CatalogChangeBatch> {
    const rows = await this.database.query<DirtyRow>(readDirty, [rowsMax]);
    // rows come in the order they were made: the last one of a product has its highest version
    const last = new Map(rows.map((row) => [row.productId, row]));
    return {
      sequences: rows.map((row) => row.sequence),
      changes: [...last.values()].map((row) => ({
        productId: row.productId,
        slug: row.slug ?? undefined,
        version: Number(row.version),
        isTree: row.productId === treeMark,
      })),
    };
  }

  async refreshProjections(productIds: readonly string[]): Promise<void> {
    for (let from = 0; from < productIds.length; from += productsPerTransaction) {
      const some = productIds.slice(from, from + productsPerTransaction);
      await this.database.unitOfWork(async (tx) => {
        await tx.query(lockProjections);
        for (const sql of [clearListing, writeListing, clearSearch, writeSearch]) {
          await tx.execute(sql, [some]);
        }
      });
    }
  }

  async forget(sequences: readonly bigint[]): Promise<void> {
    if (sequences.length === 0) return;
    await this.database.execute(forgetDirty, [sequences.map(String)]);
  }
}
