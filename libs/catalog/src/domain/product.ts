import type { CategoryId, ProductId, Sku, VariantId } from '@entrepot/kernel';
import type { Money } from '@entrepot/kernel';

import type { ByLocale } from './locale.ts';

export type ProductStatus = 'ACTIVE' | 'ARCHIVED';

export interface ProductTexts {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
}

export interface OptionValue {
  readonly code: string;
  readonly labels: ByLocale<string>;
}

export interface ProductOption {
  readonly code: string;
  readonly labels: ByLocale<string>;
  readonly values: readonly OptionValue[];
}

/** A price in the market and sales channel it was read for. */
export interface VariantPrice {
  readonly amount: Money;
  readonly priceVersion: number;
}

export interface Variant {
  readonly id: VariantId;
  readonly sku: Sku;
  readonly status: ProductStatus;
  /** Option code → value code. */
  readonly choices: Readonly<Record<string, string>>;
  /** Undefined where the variant is not sold. */
  readonly price: VariantPrice | undefined;
}

export interface ProductImage {
  readonly contentHash: string;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
  readonly alt: ByLocale<string>;
}

/** A product with everything that one market and sales channel shows of it, in all languages. */
export interface Product {
  readonly id: ProductId;
  readonly slug: string;
  readonly status: ProductStatus;
  readonly categoryId: CategoryId;
  readonly version: number;
  readonly updatedAt: Date;
  readonly texts: ByLocale<ProductTexts>;
  readonly options: readonly ProductOption[];
  readonly variants: readonly Variant[];
  readonly images: readonly ProductImage[];
}

export type PricedVariant = Variant & { readonly price: VariantPrice };

const isForSale = (variant: Variant): variant is PricedVariant =>
  variant.status === 'ACTIVE' && variant.price !== undefined;

/** The variants a shopper of this market may buy; none of an archived product. */
export function variantsForSale(product: Product): readonly PricedVariant[] {
  return product.status === 'ACTIVE' ? product.variants.filter(isForSale) : [];
}

/** The lowest and the highest price among variants; undefined for none. */
export function priceRange(
  variants: readonly PricedVariant[],
): { readonly from: Money; readonly to: Money } | undefined {
  const [first, ...rest] = variants.map((variant) => variant.price.amount);
  if (first === undefined) return undefined;
  let [from, to] = [first, first];
  for (const price of rest) {
    // plus and minus refuse to mix currencies, so the comparison is of like with like
    if (price.minus(from).amountMinor < 0n) from = price;
    if (price.minus(to).amountMinor > 0n) to = price;
  }
  return { from, to };
}
