import type { ProductId, Sku } from '@entrepot/kernel';

import type { Locale } from '../domain/locale.ts';
import type { PricedVariant, Product } from '../domain/product.ts';

/** What a cart or an order needs to know about one article here and now. */
export interface SkuQuote {
  readonly sku: Sku;
  readonly productId: ProductId;
  readonly productSlug: string;
  /** The name in the language asked for, else in English. */
  readonly name: string;
  /** Option code → value code. */
  readonly choices: Readonly<Record<string, string>>;
  readonly price: PricedVariant['price'];
}

/** Reads the catalog's rows; the number of statements does not depend on how much is asked for. */
export abstract class ProductReader {
  /** With the prices of this cell's market; ids that nobody has are absent. */
  abstract findByIds(ids: readonly ProductId[]): Promise<readonly Product[]>;
  /** Slug → id and version, archived products included. */
  abstract findIdsBySlugs(
    slugs: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly id: ProductId; readonly version: number }>>;
  /** Prices of articles that are for sale here; others are absent. */
  abstract quote(skus: readonly Sku[], locale: Locale): Promise<readonly SkuQuote[]>;
}
