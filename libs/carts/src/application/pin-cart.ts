import { DomainError } from '@entrepot/kernel';
import type { CartId, Money, OrderId, SalesChannelId, Sku, SubjectId } from '@entrepot/kernel';
import type { Transaction } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import type { CartCaller } from '../domain/cart.ts';
import { editCounterOf } from '../domain/priced-cart.ts';
import type { PricedCart } from '../domain/priced-cart.ts';
import { CartStore } from './cart-store.ts';
import { assertOpen } from './open-cart.ts';
import { ReadCartUseCase } from './read-cart.ts';

/** The lines and prices a shopper agreed to. */
export interface PinnedCart {
  readonly cartId: CartId;
  /** The edit counter; `assertUnchanged` compares it again inside the claim. */
  readonly version: number;
  /** Whose cart it is; a guest's cart has a subject of its own. */
  readonly subjectId: SubjectId;
  readonly salesChannelId: SalesChannelId;
  readonly lines: readonly PinnedLine[];
  readonly total: Money;
}

export interface PinnedLine {
  readonly sku: Sku;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly lineTotal: Money;
  readonly priceVersion: number;
}

export interface PinCart {
  readonly cartId: CartId;
  readonly caller: CartCaller;
  /** The `cartVersion` of the view the shopper saw. */
  readonly cartVersion: string;
}

/**
 * What checkout needs of a cart. `execute` runs before anything is claimed, `assertUnchanged` inside the
 * transaction that claims, `close` inside the one that confirms the order.
 */
@Injectable()
export class PinCartUseCase {
  constructor(
    private readonly store: CartStore,
    private readonly readCart: ReadCartUseCase,
  ) {}

  /** Throws NOT_FOUND, CART_CLOSED, CART_CHANGED, PRICE_CHANGED, CART_EMPTY or CART_NOT_ORDERABLE. */
  async execute({ cartId, caller, cartVersion }: PinCart): Promise<PinnedCart> {
    const priced = await this.readCart.execute(cartId, caller);
    const cart = assertOpen(priced.cart, caller);
    if (editCounterOf(cartVersion) !== cart.version) throw changed(cart.version);
    if (priced.cartVersion !== cartVersion) {
      throw new DomainError('PRICE_CHANGED', 'a price is no longer what the shopper saw', {
        details: { cartVersion: priced.cartVersion },
      });
    }
    const lines = pinnedLinesOf(priced);
    if (priced.total === undefined) throw notOrderable('the total is too large');
    const { version, salesChannelId, subjectId } = cart;
    return { cartId, version, subjectId, salesChannelId, lines, total: priced.total };
  }

  /** Keeps the cart as it is until the end of `tx`; throws CART_CHANGED or CART_CLOSED if it is not. */
  async assertUnchanged(
    tx: Transaction,
    { cartId, version }: Pick<PinnedCart, 'cartId' | 'version'>,
    caller: CartCaller,
  ): Promise<void> {
    if (await this.store.holdUnchanged(tx, cartId, version)) return;
    throw changed(assertOpen(await this.store.findById(tx, cartId), caller).version);
  }

  /** Closes the cart for its order; a second call for the same cart does nothing. */
  async close(tx: Transaction, cartId: CartId, orderId: OrderId): Promise<void> {
    let isClosed = false;
    while (!isClosed) {
      const cart = await this.store.findById(tx, cartId);
      if (cart?.status !== 'open') return;
      isClosed = await this.store.closeOrdered(tx, cart, orderId);
    }
  }
}

function pinnedLinesOf({ lines }: PricedCart): PinnedLine[] {
  if (lines.length === 0) throw new DomainError('CART_EMPTY', 'the cart has no lines');
  return lines.map(({ sku, quantity, offer, lineTotal }) => {
    if (offer === undefined) throw notOrderable('a product is no longer sold', sku);
    if (lineTotal === undefined) throw notOrderable('the amount of a line is too large', sku);
    const { unitPrice, priceVersion } = offer;
    // no provider takes a payment of nothing
    if (unitPrice.amountMinor === 0n) throw notOrderable('a product has no price yet', sku);
    return { sku, quantity, unitPrice, lineTotal, priceVersion };
  });
}

function changed(version: number): DomainError {
  return new DomainError('CART_CHANGED', 'the cart was edited since', { details: { version } });
}

function notOrderable(reason: string, sku?: Sku): DomainError {
  return new DomainError(
    'CART_NOT_ORDERABLE',
    reason,
    sku === undefined ? {} : { details: { sku } },
  );
}
