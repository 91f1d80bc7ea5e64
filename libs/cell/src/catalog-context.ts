import type { CatalogContext } from '@entrepot/catalog';
import type { ProcessContext } from './process-context.ts';

/** Where this cell sells, as the catalog wants to know it. */
export function catalogContextOf({ cell, region, directory }: ProcessContext): CatalogContext {
  const { id, origin } = directory.catalogLeader;
  return {
    cell: cell.id,
    market: region.region,
    currency: region.currency,
    currencies: new Map(directory.cells.map((entry) => [entry.region, entry.currency])),
    salesChannelId: region.salesChannelId,
    defaultLocale: region.defaultLocale,
    leader: { cell: id, origin },
  };
}
