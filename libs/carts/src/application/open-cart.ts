import { DomainError } from '@entrepot/kernel';
import { mayOpen } from '../domain/cart.ts';
import type { Cart, CartCaller } from '../domain/cart.ts';

/** The cart if it exists and is the caller's; "not there" and "not yours" look the same from outside. */
export function assertOwn(cart: Cart | undefined, caller: CartCaller): Cart {
  if (cart === undefined || !mayOpen(cart, caller)) {
    throw new DomainError('NOT_FOUND', 'there is no such cart');
  }
  return cart;
}

/** The caller's cart, still open for edits. */
export function assertOpen(cart: Cart | undefined, caller: CartCaller): Cart {
  const own = assertOwn(cart, caller);
  if (own.status !== 'open') {
    throw new DomainError('CART_CLOSED', `the cart is ${own.status}`, {
      details: {
        cartStatus: own.status,
        ...(own.mergedInto && { mergedInto: own.mergedInto }),
        ...(own.orderId && { orderId: own.orderId }),
      },
    });
  }
  return own;
}

export function cartChanged(version: number): DomainError {
  return new DomainError('CART_CHANGED', 'the cart was edited since', { details: { version } });
}
