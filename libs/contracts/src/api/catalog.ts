import { z } from 'zod';

/** Languages the catalog is written in (BCP 47). */
export const catalogLocales = ['en', 'hi', 'de'] as const;
export type CatalogLocale = (typeof catalogLocales)[number];

export const productSorts = ['featured', 'newest', 'priceAsc', 'priceDesc', 'relevance'] as const;
export type ProductSort = (typeof productSorts)[number];

export const pageProductsMax = 100;
export const pageProductsDefault = 24;
const searchCharactersMax = 200;

const locale = z.enum(catalogLocales);
const slug = z
  .string()
  .max(120)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
const sku = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/);
const name = z.string().trim().min(1).max(200);
const code = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/);
const optionCode = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
const market = z.string().regex(/^[a-z]{2}$/);
const salesChannelId = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);
const labels = z.partialRecord(locale, z.string().trim().min(1).max(100));
const position = z.int().min(0).max(1_000_000);

// ── what shoppers send ──

/** `GET /v1/products`: `limit` above the maximum is refused, not cut. */
export const productListQuery = z.strictObject({
  category: slug.optional(),
  q: z.string().trim().min(1).max(searchCharactersMax).optional(),
  sort: z.enum(productSorts).optional(),
  cursor: z.string().min(1).max(400).optional(),
  limit: z.coerce.number().int().min(1).max(pageProductsMax).default(pageProductsDefault),
  locale: locale.optional(),
});
export type ProductListQuery = z.output<typeof productListQuery>;

export const localeQuery = z.strictObject({ locale: locale.optional() });
export const productPath = z.strictObject({ slug });
export const mediaPath = z.strictObject({
  file: z.string().regex(/^[0-9a-f]{64}\.(svg|png|jpg|webp|avif)$/),
});

// ── what they get ──

/** Minor units with the tax of the market included. */
export const moneyView = z.strictObject({
  amountMinor: z.int().min(0),
  currency: z.string().regex(/^[A-Z]{3}$/),
});
export const imageView = z.strictObject({
  url: z.string(),
  alt: z.string(),
  width: z.int(),
  height: z.int(),
});
/** A product in a list. `locale` is the language its texts are in: the one asked for if there is one. */
export const productCardView = z.strictObject({
  id: z.string(),
  slug,
  name: z.string(),
  summary: z.string(),
  locale,
  categoryId: z.string(),
  image: imageView.nullable(),
  priceFrom: moneyView,
  /** The same as `priceFrom` unless variants differ in price. */
  priceTo: moneyView,
  variantCount: z.int(),
  /** Grows with every change; the same in all cells. */
  version: z.int(),
});
export type ProductCardView = z.output<typeof productCardView>;

export const productPageView = z.strictObject({
  items: z.array(productCardView),
  nextCursor: z.string().nullable(),
});
export type ProductPageView = z.output<typeof productPageView>;

export const optionView = z.strictObject({
  code: optionCode,
  label: z.string(),
  values: z.array(z.strictObject({ code, label: z.string() })),
});
export const variantView = z.strictObject({
  id: z.string(),
  sku,
  /** Option code → value code. */
  choices: z.record(z.string(), z.string()),
  price: moneyView,
  /** An order pins it; a price that moved since is refused at checkout. */
  priceVersion: z.int(),
});
export const productDetailView = z.strictObject({
  ...productCardView.shape,
  description: z.string(),
  options: z.array(optionView),
  variants: z.array(variantView),
  media: z.array(imageView),
  updatedAt: z.iso.datetime(),
});
export type ProductDetailView = z.output<typeof productDetailView>;

export interface CategoryView {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly locale: CatalogLocale;
  readonly children: readonly CategoryView[];
}
export const categoryView: z.ZodType<CategoryView> = z.strictObject({
  id: z.string(),
  slug,
  name: z.string(),
  description: z.string(),
  locale,
  get children() {
    return z.array(categoryView);
  },
});
export const categoryListView = z.strictObject({ items: z.array(categoryView) });
export type CategoryListView = z.output<typeof categoryListView>;

// ── what merchandisers send ──

const translation = z.strictObject({
  name,
  summary: z.string().trim().max(400).default(''),
  description: z.string().trim().max(10_000).default(''),
});
/** Nothing costs nothing: a provider takes no payment of zero. */
const priceBody = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/),
  amountMinor: z.int().min(1),
});
const variantBody = z.strictObject({
  sku,
  choices: z.record(optionCode, code).default({}),
  position: position.default(0),
  warehouseHint: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,31}$/)
    .optional(),
  prices: z
    .array(z.strictObject({ market, salesChannelId, ...priceBody.shape }))
    .max(100)
    .default([]),
});

export const productIdPath = z.strictObject({ productId: z.string().max(64) });
export const createProductBody = z.strictObject({
  slug,
  categoryId: z.string().max(64),
  position: position.default(0),
  translations: z
    .partialRecord(locale, translation)
    .refine((texts) => Object.keys(texts).length > 0, 'at least one language'),
  options: z
    .array(
      z.strictObject({
        code: optionCode,
        labels,
        values: z.array(z.strictObject({ code, labels })).min(1).max(100),
      }),
    )
    .max(5)
    .default([]),
  variants: z.array(variantBody).min(1).max(200),
});
export type CreateProductBody = z.output<typeof createProductBody>;

export const updateProductBody = z
  .strictObject({
    categoryId: z.string().max(64).optional(),
    position: position.optional(),
    status: z.enum(['ACTIVE', 'ARCHIVED']).optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'nothing to change');
export type UpdateProductBody = z.output<typeof updateProductBody>;

export const translationPath = z.strictObject({ productId: z.string().max(64), locale });
export const translateProductBody = translation;
export type TranslateProductBody = z.output<typeof translateProductBody>;

export const addVariantBody = variantBody;
export type AddVariantBody = z.output<typeof addVariantBody>;
export const variantSkuPath = z.strictObject({ productId: z.string().max(64), sku });
export const updateVariantBody = z
  .strictObject({
    status: z.enum(['ACTIVE', 'ARCHIVED']).optional(),
    position: position.optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'nothing to change');
export type UpdateVariantBody = z.output<typeof updateVariantBody>;

export const pricePath = z.strictObject({
  productId: z.string().max(64),
  sku,
  market,
  salesChannelId,
});
export const setPriceBody = priceBody;
export type SetPriceBody = z.output<typeof setPriceBody>;

export const createCategoryBody = z.strictObject({
  slug,
  parentId: z.string().max(64).nullable().default(null),
  position: position.default(0),
  translations: z
    .partialRecord(locale, translation.omit({ summary: true }))
    .refine((texts) => Object.keys(texts).length > 0, 'at least one language'),
});
export type CreateCategoryBody = z.output<typeof createCategoryBody>;
export const categoryTranslationPath = z.strictObject({ categoryId: z.string().max(64), locale });
export const translateCategoryBody = translation.omit({ summary: true });
export type TranslateCategoryBody = z.output<typeof translateCategoryBody>;

/** The answer to every edit of a product: what `If-Match` of the next edit names. */
export const productEditView = z.strictObject({ productId: z.string(), version: z.int() });
export type ProductEditView = z.output<typeof productEditView>;
export const categoryEditView = z.strictObject({ categoryId: z.string(), treeVersion: z.int() });
export type CategoryEditView = z.output<typeof categoryEditView>;
