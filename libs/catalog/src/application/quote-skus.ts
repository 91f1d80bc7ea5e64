import { Injectable } from '@nestjs/common';
import type { Sku } from '@entrepot/kernel';

import type { Locale } from '../domain/locale.ts';
import type { SkuQuote } from './product-reader.ts';
import { ProductReader } from './product-reader.ts';

/**
 * What articles cost here and now, read from the database and never from a cache: carts show it,
 * orders pin it. Articles that nobody sells here are absent from the answer.
 */
@Injectable()
export class QuoteSkus {
  constructor(private readonly products: ProductReader) {}

  execute(skus: readonly Sku[], locale: Locale): Promise<readonly SkuQuote[]> {
    return this.products.quote([...new Set(skus)], locale);
  }
}
