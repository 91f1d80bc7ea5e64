import type { CartId, CartState, OrderId, SubjectId } from '@entrepot/kernel';
import type { Queryable, Transaction } from '@entrepot/platform-database';
import type { Cart } from '../domain/cart.ts';

export type NewCart = Omit<Cart, 'version' | 'status' | 'mergedInto' | 'state'>;

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
  /** Keeps the cart as it is until the transaction ends; false where it was changed since `version`. */
  abstract holdUnchanged(tx: Transaction, id: CartId, version: number): Promise<boolean>;
  /** Empties a locked guest cart whose content now lives in another. */
  abstract closeMerged(tx: Transaction, guestCart: Cart, into: CartId): Promise<void>;
  /**
   * Closes an ordered cart, keeping what is shown and nothing of what was removed; false where somebody
   * changed it since it was read.
   */
  abstract closeOrdered(tx: Transaction, cart: Cart, orderId: OrderId): Promise<boolean>;
  abstract findAllOfSubject(from: Queryable, subjectId: SubjectId): Promise<Cart[]>;
  /** Deletes every cart of a subject; the number deleted. */
  abstract deleteAllOfSubject(tx: Transaction, subjectId: SubjectId): Promise<number>;
}
