import { DomainError, mergeCarts } from '@entrepot/kernel';
import type { CartId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import type { Transaction } from '@entrepot/platform-database';
import { TokenVerifier } from '@entrepot/platform-http';
import { Injectable } from '@nestjs/common';
import type { Cart, CartCaller } from '../domain/cart.ts';
import type { PricedCart } from '../domain/priced-cart.ts';
import { CartStore } from './cart-store.ts';
import { assertOpen, assertOwn } from './open-cart.ts';
import { ReadCartUseCase } from './read-cart.ts';

export interface MergeGuestCart {
  readonly cartId: CartId;
  readonly caller: CartCaller;
  readonly guestCartToken: string;
}

/**
 * Puts a guest's cart into the shopper's at login. The device goes on editing the shopper's cart under
 * its replica id: its edits are known there, so that one sent again still changes nothing.
 */
@Injectable()
export class MergeGuestCartUseCase {
  constructor(
    private readonly database: ShopDatabase,
    private readonly store: CartStore,
    private readonly tokens: TokenVerifier,
    private readonly readCart: ReadCartUseCase,
  ) {}

  async execute({ cartId, caller, guestCartToken }: MergeGuestCart): Promise<PricedCart> {
    const guestCartId = await this.guestCartOf(guestCartToken);
    const cart = await this.database.unitOfWork(async (tx) => {
      const locked = await this.lockBoth(tx, cartId, guestCartId);
      const target = assertOwn(locked.get(cartId), caller);
      const guest = assertOwn(locked.get(guestCartId), { kind: 'guest-cart', cartId: guestCartId });
      if (guest.status === 'merged' && guest.mergedInto === target.id) return target;
      return this.merge(tx, assertOpen(target, caller), guest);
    });
    return this.readCart.price(cart);
  }

  private async guestCartOf(token: string): Promise<CartId> {
    const principal = await this.tokens.verify(token);
    if (principal.kind === 'guest-cart') return principal.cartId;
    throw new DomainError('UNAUTHENTICATED', 'a guest-cart token is needed');
  }

  private async merge(tx: Transaction, target: Cart, guest: Cart): Promise<Cart> {
    assertOpen(guest, { kind: 'guest-cart', cartId: guest.id });
    if (guest.salesChannelId !== target.salesChannelId) {
      throw new DomainError(
        'SALES_CHANNEL_DIFFERS',
        'the carts belong to different sales channels',
      );
    }
    const merged = await this.store.saveState(tx, target, mergeCarts(target.state, guest.state));
    if (merged === undefined) throw new TypeError(`cart ${target.id} was changed under its lock`);
    await this.store.closeMerged(tx, guest.id, target.id);
    return merged;
  }

  /** In id order, so that two merges never wait for each other. */
  private async lockBoth(tx: Transaction, ...ids: CartId[]): Promise<Map<CartId, Cart>> {
    const locked = new Map<CartId, Cart>();
    for (const id of ids.sort()) {
      const cart = await this.store.lockById(tx, id);
      if (cart !== undefined) locked.set(id, cart);
    }
    return locked;
  }
}
