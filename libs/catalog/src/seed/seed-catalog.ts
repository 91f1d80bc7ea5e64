import type { CatalogDatabase } from '@entrepot/platform-database';

import { CatalogLoader } from '../adapters/catalog-loader.ts';
import type { LoadedProduct, LoadOutcome } from '../adapters/catalog-loader.ts';
import { seedCategories } from './categories.ts';
import { homeProducts } from './home-products.ts';
import { kitchenProducts } from './kitchen-products.ts';
import { paperAndPlayProducts } from './paper-and-play-products.ts';
import { loadedProductOf } from './seed-product.ts';
import { wearProducts } from './wear-products.ts';

export const seedProducts: readonly LoadedProduct[] = [
  ...kitchenProducts,
  ...homeProducts,
  ...wearProducts,
  ...paperAndPlayProducts,
].map(loadedProductOf);

/** Every article of the seed with the warehouse that takes in its first stock. */
export const seedArticles: readonly { readonly sku: string; readonly warehouse: string }[] =
  seedProducts.flatMap(({ variants }) =>
    variants.map(({ sku, warehouseHint }) => ({ sku, warehouse: warehouseHint ?? '' })),
  );

/** Puts the demonstration shop into the leader's catalog; what is there already stays as it is. */
export async function seedCatalog(leader: CatalogDatabase): Promise<LoadOutcome> {
  const loader = new CatalogLoader(leader);
  await loader.loadCategories(seedCategories);
  return loader.loadProducts(seedProducts);
}
