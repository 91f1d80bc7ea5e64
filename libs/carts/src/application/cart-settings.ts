import type { CellId, SalesChannelId } from '@entrepot/kernel';

/** What a cell fixes for its carts. */
export class CartSettings {
  constructor(
    readonly cell: CellId,
    /** Where its shoppers buy; the first is meant where a request names none. */
    readonly salesChannelIds: readonly [SalesChannelId, ...SalesChannelId[]],
  ) {}
}
