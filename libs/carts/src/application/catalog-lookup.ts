import type { SalesChannelId, Sku } from '@entrepot/kernel';
import type { Offer } from '../domain/priced-cart.ts';

/** What carts need to know of the catalog: the present offers of this cell's market. */
export abstract class CatalogLookup {
  /** One look-up for all SKUs; those not sold here are missing from the answer. */
  abstract offersOf(
    salesChannelId: SalesChannelId,
    skus: readonly Sku[],
  ): Promise<ReadonlyMap<Sku, Offer>>;
}
