import type { CartId } from '@entrepot/kernel';

export interface GuestCartToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * Makes tokens that stand for one guest cart: whoever holds one may read, edit and merge that cart. The
 * TokenVerifier of this cell reads them back as a `guest-cart` principal.
 */
export abstract class GuestCartTokens {
  abstract issue(cartId: CartId): Promise<GuestCartToken>;
}
