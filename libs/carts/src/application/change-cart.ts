import type { CartId, CartState } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import type { Cart, CartCaller } from '../domain/cart.ts';
import { CartStore } from './cart-store.ts';
import { assertOpen, assertOwn } from './open-cart.ts';

/**
 * Changes one open cart, without a lock: what was decided on one version is written over that version, and
 * decided anew where somebody else was faster.
 */
@Injectable()
export class ChangeCart {
  constructor(
    private readonly database: ShopDatabase,
    private readonly store: CartStore,
  ) {}

  /**
   * `decide` may be called again; it returns the same state where there is nothing to write, which an
   * ordered cart allows too: an edit sent again is answered as it was.
   */
  async execute(cart: Cart, caller: CartCaller, decide: (own: Cart) => CartState): Promise<Cart> {
    for (let read = cart; ; read = await this.readAgain(cart.id, caller)) {
      // emptied by the merge, it would answer a known edit with nothing; its refusal names the cart that has all
      if (read.status === 'merged') assertOpen(read, caller);
      const next = decide(read);
      if (next === read.state) return read;
      assertOpen(read, caller);
      const saved = await this.store.saveState(this.database, read, next);
      if (saved !== undefined) return saved;
    }
  }

  private async readAgain(id: CartId, caller: CartCaller): Promise<Cart> {
    return assertOwn(await this.store.findById(this.database, id), caller);
  }
}
