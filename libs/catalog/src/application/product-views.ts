import type { Category } from '../domain/category-tree.ts';
import type { Locale } from '../domain/locale.ts';
import type { Product } from '../domain/product.ts';

/** Renders what the cache keeps: JSON text, made once per version and language. */
export abstract class ProductViews {
  /** Null where the product is not for sale here. */
  abstract card(product: Product, locale: Locale): string | null;
  abstract detail(product: Product, locale: Locale): string | null;
  abstract categories(categories: readonly Category[], locale: Locale): string;
}
