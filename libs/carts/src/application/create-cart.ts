import { DomainError, newCellId, randomLocalPart } from '@entrepot/kernel';
import type { ReplicaId, SalesChannelId, SubjectId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { priceCart } from '../domain/priced-cart.ts';
import type { PricedCart } from '../domain/priced-cart.ts';
import { CartSettings } from './cart-settings.ts';
import { CartStore } from './cart-store.ts';
import { GuestCartTokens } from './guest-cart-tokens.ts';
import type { GuestCartToken } from './guest-cart-tokens.ts';

export interface CreateCart {
  /** The shopper who asks; undefined for a guest. */
  readonly subjectId: SubjectId | undefined;
  readonly salesChannelId: SalesChannelId | undefined;
}

export interface CreatedCart {
  readonly priced: PricedCart;
  readonly replica: ReplicaId;
  readonly guestCart: GuestCartToken | undefined;
}

/** Opens an empty cart in this cell, which is its home for good. */
@Injectable()
export class CreateCartUseCase {
  constructor(
    private readonly database: ShopDatabase,
    private readonly store: CartStore,
    private readonly settings: CartSettings,
    private readonly tokens: GuestCartTokens,
  ) {}

  async execute({ subjectId, salesChannelId }: CreateCart): Promise<CreatedCart> {
    const { cell, salesChannelIds } = this.settings;
    const channel = salesChannelId ?? salesChannelIds[0];
    if (!salesChannelIds.includes(channel)) {
      throw new DomainError('SALES_CHANNEL_UNKNOWN', 'this cell has no such sales channel');
    }
    const id = newCellId('cart', cell);
    const cart = await this.store.insert(this.database, {
      id,
      subjectId: subjectId ?? newCellId('subject', cell),
      ownerKind: subjectId === undefined ? 'guest' : 'shopper',
      salesChannelId: channel,
    });
    return {
      priced: priceCart(cart, new Map()),
      replica: randomLocalPart() as ReplicaId,
      guestCart: subjectId === undefined ? await this.tokens.issue(id) : undefined,
    };
  }
}
