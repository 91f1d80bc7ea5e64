import { DomainError } from '@entrepot/kernel';
import type { CartId, Money, SalesChannelId, Sku, SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import type { CartCaller } from '../domain/cart.ts';
import { editCounterOf } from '../domain/priced-cart.ts';
import type { PricedCart } from '../domain/priced-cart.ts';
import { assertOpen, cartChanged } from './open-cart.ts';
import { ReadCartUseCase } from './read-cart.ts';

/** The lines and prices a shopper agreed to. */
export interface PinnedCart {
  readonly cartId: CartId;
  /** The edit counter; `OrderCart` compares it again when the order takes the cart. */
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

/** What is ordered, at the prices of this moment; runs before anything of an order is written. */
@Injectable()
export class PinCartUseCase {
  constructor(private readonly readCart: ReadCartUseCase) {}

  /** Throws NOT_FOUND, CART_CLOSED, CART_CHANGED, PRICE_CHANGED, CART_EMPTY or CART_NOT_ORDERABLE. */
  async execute({ cartId, caller, cartVersion }: PinCart): Promise<PinnedCart> {
    const priced = await this.readCart.execute(cartId, caller);
    const cart = assertOpen(priced.cart, caller);
    if (editCounterOf(cartVersion) !== cart.version) throw cartChanged(cart.version);
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

function notOrderable(reason: string, sku?: Sku): DomainError {
  return new DomainError(
    'CART_NOT_ORDERABLE',
    reason,
    sku === undefined ? {} : { details: { sku } },
  );
}
