import { applyEdits, DomainError } from '@entrepot/kernel';
import type { CartEdit, CartId, Sku } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { hasEdit, newSkusOf } from '../domain/cart.ts';
import type { CartCaller } from '../domain/cart.ts';
import type { Offer, PricedCart } from '../domain/priced-cart.ts';
import { CartStore } from './cart-store.ts';
import { CatalogLookup } from './catalog-lookup.ts';
import { ChangeCart } from './change-cart.ts';
import { assertOwn } from './open-cart.ts';
import { ReadCartUseCase } from './read-cart.ts';

export interface EditCart {
  readonly cartId: CartId;
  readonly caller: CartCaller;
  readonly edits: readonly CartEdit[];
}

/** Takes in edits in any order; edits already here change nothing, not even the version. */
@Injectable()
export class EditCartUseCase {
  constructor(
    private readonly database: ShopDatabase,
    private readonly store: CartStore,
    private readonly catalog: CatalogLookup,
    private readonly changeCart: ChangeCart,
    private readonly readCart: ReadCartUseCase,
  ) {}

  async execute({ cartId, caller, edits }: EditCart): Promise<PricedCart> {
    const seen = assertOwn(await this.store.findById(this.database, cartId), caller);
    const newSkus = newSkusOf(seen.state, edits);
    const offers =
      newSkus.length === 0
        ? new Map<Sku, Offer>()
        : await this.catalog.offersOf(seen.salesChannelId, newSkus);
    const cart = await this.changeCart.execute(seen, caller, ({ state }) => {
      const fresh = edits.filter(({ replica, seq }) => !hasEdit(state, replica, seq));
      if (fresh.length === 0) return state;
      assertSold(newSkusOf(state, fresh), offers);
      return applyEdits(state, fresh);
    });
    return this.readCart.price(cart, offers);
  }
}

function assertSold(skus: readonly Sku[], offers: ReadonlyMap<Sku, Offer>): void {
  const unknown = skus.filter((sku) => !offers.has(sku));
  if (unknown.length > 0) {
    throw new DomainError('SKU_UNKNOWN', 'this cell does not sell every SKU named', {
      details: { skus: unknown },
    });
  }
}
