import { CatalogLookup } from '@entrepot/carts';
import type { Offer } from '@entrepot/carts';
import type { Locale, QuoteSkus } from '@entrepot/catalog';
import type { SalesChannelId, Sku } from '@entrepot/kernel';

/** The catalog as carts see it: present prices, no texts. */
export class CatalogOffers extends CatalogLookup {
  private readonly quotes: QuoteSkus;
  private readonly locale: Locale;

  constructor(quotes: QuoteSkus, locale: Locale) {
    super();
    this.quotes = quotes;
    this.locale = locale;
  }

  async offersOf(
    _salesChannelId: SalesChannelId,
    skus: readonly Sku[],
  ): Promise<ReadonlyMap<Sku, Offer>> {
    const quotes = await this.quotes.execute(skus, this.locale);
    return new Map(
      quotes.map(({ sku, price }) => [
        sku,
        { sku, unitPrice: price.amount, priceVersion: price.priceVersion },
      ]),
    );
  }
}
