import { CatalogLoader } from '@entrepot/catalog/seed';
import type { LoadedCategory, LoadedProduct, LoadOutcome } from '@entrepot/catalog/seed';
import type { Sku } from '@entrepot/kernel';
import { CatalogDatabase } from '@entrepot/platform-database';
import type { RetailProduct } from './online-retail.ts';
import { toCents, toPaise, warehouseOf } from './online-retail.ts';

const category: LoadedCategory = {
  slug: 'online-retail',
  parentSlug: undefined,
  position: 2_000,
  texts: { en: { name: 'Online Retail', description: 'Articles of a replayed shop.' } },
};

/** A stock code as a product of one variant, with a price in each market. */
function productOf(
  { stockCode, unitPricePence }: RetailProduct,
  position: number,
  warehouses: readonly string[],
): LoadedProduct {
  const name = `Article ${stockCode}`;
  const price = (market: string, currency: string, amountMinor: number) => ({
    market,
    salesChannelId: 'web',
    currency,
    amountMinor: Math.max(1, amountMinor),
  });
  return {
    slug: `online-retail-${stockCode.toLowerCase()}`,
    categorySlug: category.slug,
    position,
    texts: { en: { name, summary: 'From the replayed shop.', description: `${name}.` } },
    options: [],
    variants: [
      {
        sku: stockCode as Sku,
        choices: {},
        position: 0,
        warehouseHint: warehouseOf(stockCode, warehouses),
        prices: [
          price('in', 'INR', toPaise(unitPricePence)),
          price('eu', 'EUR', toCents(unitPricePence)),
        ],
      },
    ],
    images: [],
  };
}

export interface RetailArticles {
  readonly products: readonly RetailProduct[];
  /** Of all cells, as `warehouseOf` draws them. */
  readonly warehouses: readonly string[];
}

/** Puts the codes into the leader's catalog; those that are there keep what they have. */
export async function loadProducts(
  leaderUrl: string,
  { products, warehouses }: RetailArticles,
  onProgress: (done: number) => void,
): Promise<LoadOutcome> {
  const leader = new CatalogDatabase({
    url: leaderUrl,
    connectionsMax: 2,
    applicationName: 'replay',
  });
  try {
    const loader = new CatalogLoader(leader);
    await loader.loadCategories([category]);
    return await loader.loadProducts(
      products.map((of, position) => productOf(of, position, warehouses)),
      onProgress,
    );
  } finally {
    await leader.close();
  }
}
