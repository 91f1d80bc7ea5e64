import type {
  CartEdit,
  CartId,
  CartState,
  OrderId,
  ReplicaId,
  SalesChannelId,
  Sku,
  SubjectId,
} from '@entrepot/kernel';

/** `ordering`: an order of this cart is under way; its end opens the cart again or closes it for good. */
export type CartStatus = 'open' | 'merged' | 'ordering' | 'ordered';

export interface Cart {
  readonly id: CartId;
  /** The shopper's subject; for a guest a random one that belongs to this cart alone. */
  readonly subjectId: SubjectId;
  readonly ownerKind: 'shopper' | 'guest';
  readonly salesChannelId: SalesChannelId;
  readonly status: CartStatus;
  /** Raised by every edit and merge, not by an order that takes the cart; never falls. */
  readonly version: number;
  readonly mergedInto: CartId | undefined;
  /** The order that has the cart; of an open one the order that had it last, if nothing was edited since. */
  readonly orderId: OrderId | undefined;
  readonly state: CartState;
}

/** Who asks: a shopper by session, or whoever holds the token of one guest cart. */
export type CartCaller =
  | { readonly kind: 'shopper'; readonly subjectId: SubjectId }
  | { readonly kind: 'guest-cart'; readonly cartId: CartId };

export function mayOpen(cart: Cart, caller: CartCaller): boolean {
  return caller.kind === 'shopper'
    ? cart.ownerKind === 'shopper' && cart.subjectId === caller.subjectId
    : cart.ownerKind === 'guest' && cart.id === caller.cartId;
}

export function hasEdit(state: CartState, replica: ReplicaId, seq: number): boolean {
  const progress = state.replicas.get(replica);
  return progress !== undefined && (seq <= progress.throughSeq || progress.ahead.has(seq));
}

export function isNextEdit(state: CartState, replica: ReplicaId, seq: number): boolean {
  return seq === (state.replicas.get(replica)?.throughSeq ?? 0) + 1;
}

/** Whether anybody ever put the SKU into the cart: a removal may name what never was in it. */
export const wasAdded = (state: CartState, sku: Sku): boolean =>
  (state.skus.get(sku)?.added.size ?? 0) > 0;

/** SKUs that these edits put into the cart and that it has never held. */
export function newSkusOf(state: CartState, edits: readonly CartEdit[]): Sku[] {
  const added = edits.filter(({ op }) => op.type === 'add').map(({ op }) => op.sku);
  return [...new Set(added)].filter((sku) => !wasAdded(state, sku));
}
