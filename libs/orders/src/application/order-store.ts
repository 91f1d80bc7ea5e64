import type { OrderId, SubjectId } from '@entrepot/kernel';
import type { Transaction } from '@entrepot/platform-database';
import type { Order } from '../domain/order.ts';

/** Who gets an order that is a gift, as it is stored: under their own key, all of it gone with them. */
export interface StoredRecipient {
  /** Undefined once that person was erased, like the rest. */
  readonly subjectId: SubjectId | undefined;
  readonly addressCiphertext: string | undefined;
  readonly messageCiphertext: string | undefined;
}

/** An order with the shopper's address as it is stored: under the shopper's key, gone with the shopper. */
export interface StoredOrder {
  readonly order: Order;
  readonly addressCiphertext: string | undefined;
  /** There where the order is a gift; read by `findById` only. */
  readonly recipient?: StoredRecipient;
}

/** Where a page of a shopper's orders continues: after this order, newest first. */
export interface OrderPosition {
  readonly placedAt: Date;
  readonly orderId: OrderId;
}

/**
 * Orders of this cell. Whoever wants to move an order on first takes it up: that raises its fencing
 * token, and a write under an older token throws ORDER_TAKEN_UP_ELSEWHERE.
 */
export abstract class OrderStore {
  /**
   * The order with the time at which it was placed, by the database's clock. Throws CART_CLOSED where
   * another order of its cart is under way or was confirmed; `save` does so too. The shopper and the
   * recipient of a gift are subjects from here on.
   */
  abstract insert(tx: Transaction, stored: StoredOrder): Promise<Order>;

  /** Locks the row before anything of the order is written, so that its events keep their order. */
  abstract lockById(tx: Transaction, orderId: OrderId): Promise<Order | undefined>;

  abstract findById(orderId: OrderId): Promise<StoredOrder | undefined>;

  abstract pageOf(
    subjectId: SubjectId,
    page: { readonly after?: OrderPosition; readonly limit: number },
  ): Promise<Order[]>;

  /** Writes state, counters, totals and dropped lines; raises the version by one. */
  abstract save(tx: Transaction, order: Order): Promise<Order>;

  /** Refuses its next write to whoever held a settled, locked order before. */
  abstract shutOutHolder(tx: Transaction, order: Order): Promise<Order>;

  /** Takes up one unsettled order whose lease has run out; undefined where somebody else holds it. */
  abstract takeUp(orderId: OrderId): Promise<StoredOrder | undefined>;

  /**
   * Unsettled orders that nobody holds and that have rested for `restedSeconds`: first those that a process
   * left in the middle, then those that wait, at random, so that many that wait for long keep none from its turn.
   */
  abstract findResting(page: {
    readonly restedSeconds: number;
    readonly limit: number;
  }): Promise<OrderId[]>;

  /** Seconds since the longest open order last began a payment attempt, or was placed; 0 when none is open. */
  abstract oldestOpenSeconds(): Promise<number>;

  /**
   * Forgets whose orders they are, and where they went; answers how many. It takes them up for good: what
   * was under way is refused its next write, and the reconciler goes on with an order of nobody.
   */
  abstract forgetPerson(subjectId: SubjectId): Promise<number>;

  /** Forgets who got the gifts, and where they went; answers how many. That they were gifts stays. */
  abstract forgetRecipient(subjectId: SubjectId): Promise<number>;

  /** Who gets the gift; undefined where the order is none, or that person was erased. */
  abstract recipientOf(orderId: OrderId): Promise<SubjectId | undefined>;

  /** Gives the lease of an order back of which nothing is held and nothing on its way. */
  abstract endRound(order: Order): Promise<void>;

  /** Gives the lease back so that a retry need not wait for it to run out. */
  abstract putDown(order: Order): Promise<void>;
}

/** How long a request or the reconciler may work on an order before another may take it up, in seconds. */
export const orderLeaseSeconds = 15;

/** How long a shopper may take to act at the provider, in seconds; shorter than the hold on the stock. */
export const shopperActionSeconds = 600;
