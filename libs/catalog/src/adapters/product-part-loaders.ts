import { Injectable } from '@nestjs/common';
import type { ProductId, Sku, VariantId } from '@entrepot/kernel';
import { CatalogDatabase, statement } from '@entrepot/platform-database';

import { CatalogContext } from '../application/catalog-context.ts';
import type { ByLocale, Locale } from '../domain/locale.ts';
import type {
  ProductImage,
  ProductOption,
  ProductStatus,
  ProductTexts,
  Variant,
  VariantPrice,
} from '../domain/product.ts';
import { priceOf } from './price-row.ts';

const loadTexts = statement(
  'catalog.load_texts',
  `SELECT product_id AS "productId", locale, name, summary, description
     FROM catalog.product_translation WHERE product_id = ANY($1)`,
);
const loadOptions = statement(
  'catalog.load_options',
  `SELECT o.product_id AS "productId", o.code, o.labels,
          (SELECT coalesce(jsonb_agg(jsonb_build_object('code', v.code, 'labels', v.labels)
                             ORDER BY v.position, v.code), '[]')
             FROM catalog.product_option_value v
            WHERE v.product_id = o.product_id AND v.option_code = o.code) AS values
     FROM catalog.product_option o WHERE o.product_id = ANY($1)
    ORDER BY o.product_id, o.position, o.code`,
);
const loadVariants = statement(
  'catalog.load_variants',
  `SELECT v.product_id AS "productId", v.id, v.sku, v.status,
          (SELECT coalesce(jsonb_object_agg(c.option_code, c.value_code), '{}')
             FROM catalog.variant_choice c WHERE c.variant_id = v.id) AS choices
     FROM catalog.variant v WHERE v.product_id = ANY($1)
    ORDER BY v.product_id, v.position, v.sku`,
);
const loadPrices = statement(
  'catalog.load_prices',
  `SELECT variant_id AS "variantId", currency, amount_minor AS "amountMinor",
          price_version AS "priceVersion"
     FROM catalog.price
    WHERE product_id = ANY($1) AND market = $2 AND sales_channel_id = $3 AND currency = $4`,
);
const loadImages = statement(
  'catalog.load_images',
  `SELECT m.product_id AS "productId", m.content_hash AS "contentHash", m.alt,
          o.media_type AS "mediaType", o.width, o.height
     FROM catalog.product_media m JOIN catalog.media_object o USING (content_hash)
    WHERE m.product_id = ANY($1) ORDER BY m.product_id, m.position`,
);

interface OfProduct {
  readonly productId: ProductId;
}
type VariantRow = OfProduct & {
  readonly id: VariantId;
  readonly sku: Sku;
  readonly status: ProductStatus;
  readonly choices: Readonly<Record<string, string>>;
};

export interface ProductPartsById {
  readonly texts: ReadonlyMap<ProductId, ByLocale<ProductTexts>>;
  readonly options: ReadonlyMap<ProductId, readonly ProductOption[]>;
  readonly variants: ReadonlyMap<ProductId, readonly Variant[]>;
  readonly images: ReadonlyMap<ProductId, readonly ProductImage[]>;
}

/** Batch loaders: each reads one kind of part for any number of products in one statement. */
@Injectable()
export class ProductPartLoaders {
  constructor(
    private readonly database: CatalogDatabase,
    private readonly context: CatalogContext,
  ) {}

  async load(ids: readonly ProductId[]): Promise<ProductPartsById> {
    const [texts, options, variants, prices, images] = await Promise.all([
      this.loadTexts(ids),
      this.loadOptions(ids),
      this.loadVariants(ids),
      this.loadPrices(ids),
      this.loadImages(ids),
    ]);
    const priced = variants.map((row) => ({ ...row, price: prices.get(row.id) }));
    return {
      texts,
      options: byProduct(options),
      variants: byProduct(priced),
      images: byProduct(images),
    };
  }

  protected async loadTexts(
    ids: readonly ProductId[],
  ): Promise<ReadonlyMap<ProductId, ByLocale<ProductTexts>>> {
    const rows = await this.database.query<OfProduct & ProductTexts & { locale: Locale }>(
      loadTexts,
      [ids],
    );
    const texts = new Map<ProductId, Partial<Record<Locale, ProductTexts>>>();
    for (const { productId, locale, name, summary, description } of rows) {
      const ofProduct = texts.get(productId) ?? {};
      ofProduct[locale] = { name, summary, description };
      texts.set(productId, ofProduct);
    }
    return texts;
  }

  protected loadOptions(ids: readonly ProductId[]): Promise<(OfProduct & ProductOption)[]> {
    return this.database.query(loadOptions, [ids]);
  }

  protected loadVariants(ids: readonly ProductId[]): Promise<VariantRow[]> {
    return this.database.query(loadVariants, [ids]);
  }

  protected async loadPrices(
    ids: readonly ProductId[],
  ): Promise<ReadonlyMap<VariantId, VariantPrice>> {
    const { market, salesChannelId, currency } = this.context;
    const rows = await this.database.query<{
      variantId: VariantId;
      currency: string;
      amountMinor: bigint;
      priceVersion: bigint;
    }>(loadPrices, [ids, market, salesChannelId, currency]);
    return new Map(rows.map((row) => [row.variantId, priceOf(row)]));
  }

  protected loadImages(ids: readonly ProductId[]): Promise<(OfProduct & ProductImage)[]> {
    return this.database.query(loadImages, [ids]);
  }
}

function byProduct<Part extends OfProduct>(
  parts: readonly Part[],
): ReadonlyMap<ProductId, readonly Part[]> {
  return Map.groupBy(parts, (part) => part.productId);
}
