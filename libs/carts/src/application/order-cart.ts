import { DomainError } from '@entrepot/kernel';
import type { CartId, OrderId, Sku } from '@entrepot/kernel';
import type { Transaction } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import type { CartCaller } from '../domain/cart.ts';
import { CartStore } from './cart-store.ts';
import { assertOpen, cartChanged } from './open-cart.ts';
import type { PinnedCart } from './pin-cart.ts';

/**
 * Who has a cart while it is ordered. From the claim of an order to its end nobody edits or merges the cart:
 * what was added meanwhile would be neither ordered nor left. Each call belongs to the transaction that
 * writes the same of the order.
 */
@Injectable()
export class OrderCart {
  constructor(private readonly store: CartStore) {}

  /** Throws CART_CHANGED or CART_CLOSED where the cart is no longer as it was pinned. */
  async take(
    tx: Transaction,
    { cartId, version }: Pick<PinnedCart, 'cartId' | 'version'>,
    orderId: OrderId,
    caller: CartCaller,
  ): Promise<void> {
    if (await this.store.startOrdering(tx, cartId, version, orderId)) return;
    throw cartChanged(assertOpen(await this.store.findById(tx, cartId), caller).version);
  }

  /** For another try of an order that had the cart last. Throws ORDER_NOT_PAYABLE where it has no longer. */
  async takeAgain(tx: Transaction, cartId: CartId, orderId: OrderId): Promise<void> {
    if (await this.store.resumeOrdering(tx, cartId, orderId)) return;
    throw new DomainError('ORDER_NOT_PAYABLE', 'its cart was edited or ordered otherwise since');
  }

  /** The order was declined or refused: its cart is open again, as it was. */
  giveBack(tx: Transaction, cartId: CartId, orderId: OrderId): Promise<void> {
    return this.store.reopen(tx, cartId, orderId);
  }

  /** The order is confirmed: its cart keeps the lines of `skus`, and nothing of what was removed. */
  close(tx: Transaction, cartId: CartId, orderId: OrderId, skus: readonly Sku[]): Promise<void> {
    return this.store.closeOrdered(tx, cartId, orderId, skus);
  }
}
