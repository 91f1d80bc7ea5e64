import { newGlobalId } from '@entrepot/kernel';
import type { ProductId, VariantId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { Transaction } from '@entrepot/platform-database';

import type { ImageDraft } from '../application/catalog-writer.ts';
import type { ProductDraft, VariantDraft } from '../domain/product-draft.ts';

export interface NewProduct extends ProductDraft {
  readonly id: ProductId;
  readonly images: readonly ImageDraft[];
}

const insertProducts = statement(
  'catalog.insert_products',
  `INSERT INTO catalog.product (id, slug, status, category_id, position)
   SELECT id, slug, 'ACTIVE', "categoryId", position
     FROM jsonb_to_recordset($1) AS p (id text, slug text, "categoryId" text, position int)`,
);
const insertTexts = statement(
  'catalog.insert_texts',
  `INSERT INTO catalog.product_translation (product_id, locale, name, summary, description)
   SELECT "productId", locale, name, summary, description
     FROM jsonb_to_recordset($1)
       AS t ("productId" text, locale text, name text, summary text, description text)`,
);
const insertOptions = statement(
  'catalog.insert_options',
  `INSERT INTO catalog.product_option (product_id, code, position, labels)
   SELECT "productId", code, position, labels
     FROM jsonb_to_recordset($1)
       AS o ("productId" text, code text, position int, labels jsonb)`,
);
const insertOptionValues = statement(
  'catalog.insert_option_values',
  `INSERT INTO catalog.product_option_value (product_id, option_code, code, position, labels)
   SELECT "productId", "optionCode", code, position, labels
     FROM jsonb_to_recordset($1)
       AS v ("productId" text, "optionCode" text, code text, position int, labels jsonb)`,
);
const insertVariants = statement(
  'catalog.insert_variants',
  `INSERT INTO catalog.variant (id, product_id, sku, status, position, warehouse_hint)
   SELECT id, "productId", sku, 'ACTIVE', position, "warehouseHint"
     FROM jsonb_to_recordset($1)
       AS v (id text, "productId" text, sku text, position int, "warehouseHint" text)`,
);
const insertChoices = statement(
  'catalog.insert_choices',
  `INSERT INTO catalog.variant_choice (variant_id, product_id, option_code, value_code)
   SELECT "variantId", "productId", "optionCode", "valueCode"
     FROM jsonb_to_recordset($1)
       AS c ("variantId" text, "productId" text, "optionCode" text, "valueCode" text)`,
);
const insertPrices = statement(
  'catalog.insert_prices',
  `INSERT INTO catalog.price
     (variant_id, market, sales_channel_id, product_id, currency, amount_minor)
   SELECT "variantId", market, "salesChannelId", "productId", currency, "amountMinor"
     FROM jsonb_to_recordset($1)
       AS p ("variantId" text, market text, "salesChannelId" text, "productId" text,
             currency text, "amountMinor" bigint)`,
);
const insertMediaObjects = statement(
  'catalog.insert_media_objects',
  `INSERT INTO catalog.media_object (content_hash, media_type, width, height, bytes)
   SELECT DISTINCT ON ("contentHash") "contentHash", "mediaType", width, height,
          decode(bytes, 'base64')
     FROM jsonb_to_recordset($1)
       AS m ("contentHash" text, "mediaType" text, width int, height int, bytes text)
   ON CONFLICT (content_hash) DO NOTHING`,
);
const insertMedia = statement(
  'catalog.insert_media',
  `INSERT INTO catalog.product_media (product_id, position, content_hash, alt)
   SELECT "productId", position, "contentHash", alt
     FROM jsonb_to_recordset($1)
       AS m ("productId" text, position int, "contentHash" text, alt jsonb)`,
);

type Row = Readonly<Record<string, unknown>>;

/** How many rows a product takes: loaders keep their transactions short by it. */
export function rowCountOf(product: Omit<NewProduct, 'id'>): number {
  const values = product.options.reduce((sum, option) => sum + option.values.length, 0);
  const perVariant = product.variants.reduce(
    (sum, variant) => sum + 1 + Object.keys(variant.choices).length + variant.prices.length,
    0,
  );
  const texts = Object.keys(product.texts).length;
  return 1 + texts + product.options.length + values + perVariant + 2 * product.images.length;
}

/** Inserts any number of new products in one statement per table. */
export async function insertProductRows(
  tx: Transaction,
  products: readonly NewProduct[],
): Promise<void> {
  const insert = async (sql: typeof insertProducts, rows: readonly Row[]) => {
    if (rows.length > 0) await tx.execute(sql, [JSON.stringify(rows)]);
  };
  await insert(
    insertProducts,
    products.map(({ id, slug, categoryId, position }) => ({ id, slug, categoryId, position })),
  );
  await insert(insertTexts, products.flatMap(textRows));
  await insert(insertOptions, products.flatMap(optionRows));
  await insert(insertOptionValues, products.flatMap(optionValueRows));
  const variants = products.flatMap((product) =>
    product.variants.map((variant) => variantRows(product.id, variant)),
  );
  await insert(
    insertVariants,
    variants.map(({ row }) => row),
  );
  await insert(
    insertChoices,
    variants.flatMap(({ choices }) => choices),
  );
  await insert(
    insertPrices,
    variants.flatMap(({ prices }) => prices),
  );
  await insert(insertMediaObjects, products.flatMap(mediaObjectRows));
  await insert(insertMedia, products.flatMap(mediaRows));
}

/** Adds one variant with its choices and prices to a product whose version was raised. */
export async function insertVariantRows(
  tx: Transaction,
  productId: ProductId,
  variant: VariantDraft,
): Promise<void> {
  const { row, choices, prices } = variantRows(productId, variant);
  await tx.execute(insertVariants, [JSON.stringify([row])]);
  if (choices.length > 0) await tx.execute(insertChoices, [JSON.stringify(choices)]);
  if (prices.length > 0) await tx.execute(insertPrices, [JSON.stringify(prices)]);
}

const textRows = (product: NewProduct): readonly Row[] =>
  Object.entries(product.texts).map(([locale, texts]) => ({
    productId: product.id,
    locale,
    ...texts,
  }));

const optionRows = (product: NewProduct): readonly Row[] =>
  product.options.map(({ code, labels }, position) => ({
    productId: product.id,
    code,
    position,
    labels,
  }));

const optionValueRows = (product: NewProduct): readonly Row[] =>
  product.options.flatMap((option) =>
    option.values.map(({ code, labels }, position) => ({
      productId: product.id,
      optionCode: option.code,
      code,
      position,
      labels,
    })),
  );

function variantRows(
  productId: ProductId,
  variant: VariantDraft,
): { readonly row: Row; readonly choices: readonly Row[]; readonly prices: readonly Row[] } {
  const variantId: VariantId = newGlobalId('variant');
  const { sku, position, warehouseHint } = variant;
  return {
    row: { id: variantId, productId, sku, position, warehouseHint: warehouseHint ?? null },
    choices: Object.entries(variant.choices).map(([optionCode, valueCode]) => ({
      variantId,
      productId,
      optionCode,
      valueCode,
    })),
    prices: variant.prices.map((price) => ({ variantId, productId, ...price })),
  };
}

const mediaObjectRows = (product: NewProduct): readonly Row[] =>
  product.images.map(({ contentHash, mediaType, width, height, bytes }) => ({
    contentHash,
    mediaType,
    width,
    height,
    bytes: Buffer.from(bytes).toString('base64'),
  }));

const mediaRows = (product: NewProduct): readonly Row[] =>
  product.images.map(({ contentHash, alt }, position) => ({
    productId: product.id,
    position,
    contentHash,
    alt,
  }));
