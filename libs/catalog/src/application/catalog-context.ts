import type { CellId, CurrencyCode, SalesChannelId } from '@entrepot/kernel';

import type { Locale } from '../domain/locale.ts';

/** Where this cell sells and who writes the catalog it shows. */
export abstract class CatalogContext {
  abstract readonly cell: CellId;
  /** The market whose prices are shown: the code of the cell's region. */
  abstract readonly market: string;
  /** A price of the market in any other currency is no offer here: amounts of two cannot be added. */
  abstract readonly currency: CurrencyCode;
  /** By market, this one included; prices of other markets are edited here too. */
  abstract readonly currencies: ReadonlyMap<string, CurrencyCode>;
  abstract readonly salesChannelId: SalesChannelId;
  /** Where neither the address nor Accept-Language names a language. */
  abstract readonly defaultLocale: Locale;
  abstract readonly leader: { readonly cell: CellId; readonly origin: string };
}
