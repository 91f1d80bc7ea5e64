import type { CellId, SalesChannelId } from '@entrepot/kernel';

/** What a cell fixes for its carts. */
export abstract class CartSettings {
  abstract readonly cell: CellId;
  abstract readonly salesChannelIds: readonly [SalesChannelId, ...SalesChannelId[]];
}
