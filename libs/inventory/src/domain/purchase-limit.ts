/** Units of one article that one shopper may have, over all orders that count. */
export interface PurchaseLimit {
  readonly unitsPerShopper: number;
}

/**
 * How many of the wanted units a shopper may still have. It belongs before the lane: an order over the
 * limit costs the stock no write and no borrow.
 * @param bought what the shopper's orders of this article already have.
 */
export const unitsAllowed = (
  limit: PurchaseLimit | undefined,
  { wanted, bought }: { readonly wanted: number; readonly bought: number },
): number =>
  limit === undefined ? wanted : Math.max(0, Math.min(wanted, limit.unitsPerShopper - bought));
