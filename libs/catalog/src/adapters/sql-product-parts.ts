import { DomainError } from '@entrepot/kernel';
import type { ProductId, Sku } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { Transaction } from '@entrepot/platform-database';

import { ProductParts } from '../application/catalog-writer.ts';
import type { Locale } from '../domain/locale.ts';
import type { ProductStatus, ProductTexts } from '../domain/product.ts';
import type { OptionDraft, PriceDraft, VariantDraft } from '../domain/product-draft.ts';
import { insertVariantRows } from './product-rows.ts';

const updateProduct = statement(
  'catalog.update_product',
  // the version was raised by the statement that locked the row; it grows once more here
  `UPDATE catalog.product
      SET category_id = coalesce($2, category_id), position = coalesce($3, position),
          status = coalesce($4, status), version = version + 1
    WHERE id = $1`,
);
const findOptions = statement(
  'catalog.find_options_of_product',
  `SELECT o.code, o.labels,
          (SELECT jsonb_agg(jsonb_build_object('code', v.code, 'labels', v.labels))
             FROM catalog.product_option_value v
            WHERE v.product_id = o.product_id AND v.option_code = o.code) AS values
     FROM catalog.product_option o WHERE o.product_id = $1`,
);
const setTexts = statement(
  'catalog.set_texts',
  `INSERT INTO catalog.product_translation (product_id, locale, name, summary, description)
   VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (product_id, locale) DO UPDATE
     SET name = excluded.name, summary = excluded.summary, description = excluded.description`,
);
const updateVariant = statement(
  'catalog.update_variant',
  `UPDATE catalog.variant
      SET position = coalesce($3, position), status = coalesce($4, status)
    WHERE product_id = $1 AND sku = $2`,
);
const setPrice = statement(
  'catalog.set_price',
  `INSERT INTO catalog.price AS p
     (variant_id, market, sales_channel_id, product_id, currency, amount_minor)
   SELECT v.id, $3, $4, v.product_id, $5, $6
     FROM catalog.variant v WHERE v.product_id = $1 AND v.sku = $2
   ON CONFLICT (variant_id, market, sales_channel_id) DO UPDATE
     SET currency = excluded.currency, amount_minor = excluded.amount_minor,
         price_version = p.price_version + 1`,
);

/** The rows below one product, inside the transaction that holds its lock. */
export class SqlProductParts extends ProductParts {
  constructor(
    private readonly tx: Transaction,
    private readonly productId: ProductId,
  ) {
    super();
  }

  async update(fields: {
    readonly categoryId?: string | undefined;
    readonly position?: number | undefined;
    readonly status?: ProductStatus | undefined;
  }): Promise<void> {
    const { categoryId, position, status } = fields;
    await this.tx.execute(updateProduct, [this.productId, categoryId, position, status]);
  }

  options(): Promise<readonly OptionDraft[]> {
    return this.tx.query<OptionDraft>(findOptions, [this.productId]);
  }

  async setTexts(locale: Locale, { name, summary, description }: ProductTexts): Promise<void> {
    await this.tx.execute(setTexts, [this.productId, locale, name, summary, description]);
  }

  addVariant(variant: VariantDraft): Promise<void> {
    return insertVariantRows(this.tx, this.productId, variant);
  }

  async updateVariant(
    sku: Sku,
    fields: {
      readonly position?: number | undefined;
      readonly status?: ProductStatus | undefined;
    },
  ): Promise<void> {
    const values = [this.productId, sku, fields.position, fields.status];
    requireVariant(sku, await this.tx.execute(updateVariant, values));
  }

  async setPrice(sku: Sku, price: PriceDraft): Promise<void> {
    const { market, salesChannelId, currency, amountMinor } = price;
    const values = [this.productId, sku, market, salesChannelId, currency, amountMinor];
    requireVariant(sku, await this.tx.execute(setPrice, values));
  }
}

function requireVariant(sku: Sku, rows: number): void {
  if (rows === 0) throw new DomainError('NOT_FOUND', `the product has no variant ${sku}`);
}
