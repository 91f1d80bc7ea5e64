import { Injectable } from '@nestjs/common';
import type { CategoryId, ProductId, Sku } from '@entrepot/kernel';
import { CatalogDatabase, statement } from '@entrepot/platform-database';

import { CatalogContext } from '../application/catalog-context.ts';
import type { SkuQuote } from '../application/product-reader.ts';
import { ProductReader } from '../application/product-reader.ts';
import { inLocale } from '../domain/locale.ts';
import type { ByLocale, Locale } from '../domain/locale.ts';
import type { Product, ProductStatus } from '../domain/product.ts';
import { priceOf } from './price-row.ts';
import { ProductPartLoaders } from './product-part-loaders.ts';
import type { ProductPartsById } from './product-part-loaders.ts';

const findProducts = statement(
  'catalog.find_products',
  `SELECT id, slug, status, category_id AS "categoryId", version, updated_at AS "updatedAt"
     FROM catalog.product WHERE id = ANY($1)`,
);
const findIdsBySlugs = statement(
  'catalog.find_ids_by_slugs',
  'SELECT slug, id, version FROM catalog.product WHERE slug = ANY($1)',
);
const quoteSkus = statement(
  'catalog.quote_skus',
  `SELECT v.sku, v.product_id AS "productId", p.slug AS "productSlug",
          price.currency, price.amount_minor AS "amountMinor", price.price_version AS "priceVersion",
          (SELECT jsonb_object_agg(t.locale, t.name) FROM catalog.product_translation t
            WHERE t.product_id = v.product_id) AS names,
          coalesce((SELECT jsonb_object_agg(c.option_code, c.value_code)
             FROM catalog.variant_choice c WHERE c.variant_id = v.id), '{}') AS choices
     FROM catalog.variant v
     JOIN catalog.product p ON p.id = v.product_id
     JOIN catalog.price ON price.variant_id = v.id
                       AND price.market = $2 AND price.sales_channel_id = $3
                       AND price.currency = $4
    WHERE v.sku = ANY($1) AND v.status = 'ACTIVE' AND p.status = 'ACTIVE'`,
);

interface ProductRow {
  readonly id: ProductId;
  readonly slug: string;
  readonly status: ProductStatus;
  readonly categoryId: CategoryId;
  readonly version: bigint;
  readonly updatedAt: Date;
}

interface QuoteRow {
  readonly sku: Sku;
  readonly productId: ProductId;
  readonly productSlug: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly priceVersion: bigint;
  readonly names: ByLocale<string> | null;
  readonly choices: Readonly<Record<string, string>>;
}

/**
 * The product row is read first: what is read after it may be newer than the version it carries, never
 * older, so that an entry made from it is thrown away too early at worst.
 */
@Injectable()
export class SqlProductReader extends ProductReader {
  constructor(
    private readonly database: CatalogDatabase,
    private readonly context: CatalogContext,
    private readonly parts: ProductPartLoaders,
  ) {
    super();
  }

  async findByIds(ids: readonly ProductId[]): Promise<readonly Product[]> {
    if (ids.length === 0) return [];
    const rows = await this.database.query<ProductRow>(findProducts, [ids]);
    const parts = await this.parts.load(rows.map((row) => row.id));
    return rows.map((row) => assemble(row, parts));
  }

  async findIdsBySlugs(
    slugs: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly id: ProductId; readonly version: number }>> {
    const rows = await this.database.query<{ slug: string; id: ProductId; version: bigint }>(
      findIdsBySlugs,
      [slugs],
    );
    return new Map(rows.map((row) => [row.slug, { id: row.id, version: Number(row.version) }]));
  }

  async quote(skus: readonly Sku[], locale: Locale): Promise<readonly SkuQuote[]> {
    if (skus.length === 0) return [];
    const { market, salesChannelId, currency } = this.context;
    const values = [skus, market, salesChannelId, currency];
    const rows = await this.database.query<QuoteRow>(quoteSkus, values);
    return rows.map((row) => ({
      sku: row.sku,
      productId: row.productId,
      productSlug: row.productSlug,
      name: inLocale(row.names ?? {}, locale)?.text ?? row.productSlug,
      choices: row.choices,
      price: priceOf(row),
    }));
  }
}

function assemble(row: ProductRow, parts: ProductPartsById): Product {
  return {
    id: row.id,
    slug: row.slug,
    status: row.status,
    categoryId: row.categoryId,
    version: Number(row.version),
    updatedAt: row.updatedAt,
    texts: parts.texts.get(row.id) ?? {},
    options: parts.options.get(row.id) ?? [],
    variants: parts.variants.get(row.id) ?? [],
    images: parts.images.get(row.id) ?? [],
  };
}
