import type { CartId, CartState, OrderId, Sku, SubjectId } from '@entrepot/kernel';
import type { Queryable, Transaction } from '@entrepot/platform-database';
import type { Cart } from '../domain/cart.ts';

export type NewCart = Omit<Cart, 'version' | 'status' | 'mergedInto' | 'orderId' | 'state'>;

export abstract class CartStore {
  abstract insert(into: Queryable, cart: NewCart): Promise<Cart>;
  abstract findById(from: Queryable, id: CartId): Promise<Cart | undefined>;
  /** Waits for the cart's row lock, then reads; for a change that takes in more than one cart. */
  abstract lockById(tx: Transaction, id: CartId): Promise<Cart | undefined>;
  /**
   * Writes what differs between `cart.state` and `next` and raises the version. Undefined, and nothing is
   * written, where somebody changed the cart since it was read.
   */
  abstract saveState(on: Queryable, cart: Cart, next: CartState): Promise<Cart | undefined>;
  /** Gives an open cart to an order; false where it is another's or was changed since `version`. */
  abstract startOrdering(
    tx: Transaction,
    id: CartId,
    version: number,
    orderId: OrderId,
  ): Promise<boolean>;
  /** Gives it to the order that had it last; false where it is another's or was edited since. */
  abstract resumeOrdering(tx: Transaction, id: CartId, orderId: OrderId): Promise<boolean>;
  /** Opens it again; nothing happens where the order does not have it. */
  abstract reopen(tx: Transaction, id: CartId, orderId: OrderId): Promise<void>;
  /** Closes it for good with the lines of `skus`; nothing happens where the order does not have it. */
  abstract closeOrdered(
    tx: Transaction,
    id: CartId,
    orderId: OrderId,
    skus: readonly Sku[],
  ): Promise<void>;
  /** Empties a locked guest cart whose content now lives in another. */
  abstract closeMerged(tx: Transaction, guestCartId: CartId, into: CartId): Promise<void>;
  abstract findAllOfSubject(from: Queryable, subjectId: SubjectId): Promise<Cart[]>;
  /** Deletes every cart of a subject; the number deleted. */
  abstract deleteAllOfSubject(tx: Transaction, subjectId: SubjectId): Promise<number>;
}
