import { linesOf } from '@entrepot/kernel';
import type { CartId, Sku } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import type { Cart, CartCaller } from '../domain/cart.ts';
import { priceCart } from '../domain/priced-cart.ts';
import type { Offer, PricedCart } from '../domain/priced-cart.ts';
import { CartStore } from './cart-store.ts';
import { CatalogLookup } from './catalog-lookup.ts';
import { assertOwn } from './open-cart.ts';

/** A cart with the prices of this moment. */
@Injectable()
export class ReadCartUseCase {
  constructor(
    private readonly database: ShopDatabase,
    private readonly store: CartStore,
    private readonly catalog: CatalogLookup,
  ) {}

  async execute(id: CartId, caller: CartCaller): Promise<PricedCart> {
    return this.price(assertOwn(await this.store.findById(this.database, id), caller));
  }

  /** Prices a cart already read; offers that the caller has at hand are not looked up again. */
  async price(cart: Cart, known: ReadonlyMap<Sku, Offer> = new Map()): Promise<PricedCart> {
    const missing = linesOf(cart.state)
      .map(({ sku }) => sku)
      .filter((sku) => !known.has(sku));
    if (missing.length === 0) return priceCart(cart, known);
    const found = await this.catalog.offersOf(cart.salesChannelId, missing);
    return priceCart(cart, new Map([...known, ...found]));
  }
}
