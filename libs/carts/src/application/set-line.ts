import { applyEdits, DomainError, opToSet } from '@entrepot/kernel';
import type { CartId, Dot, Sku } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { hasEdit, isNextEdit, wasAdded } from '../domain/cart.ts';
import type { Cart, CartCaller } from '../domain/cart.ts';
import type { PricedCart } from '../domain/priced-cart.ts';
import { CartStore } from './cart-store.ts';
import { ChangeCart } from './change-cart.ts';
import { assertOwn } from './open-cart.ts';
import { ReadCartUseCase } from './read-cart.ts';

export interface SetLine {
  readonly cartId: CartId;
  readonly caller: CartCaller;
  readonly dot: Dot;
  readonly sku: Sku;
  /** 0 removes the line. */
  readonly quantity: number;
}

/**
 * Makes a line show a quantity, or removes it. What that means depends on what the cart holds, so it is
 * decided here, once, on the version that is changed, and only when every earlier edit of the device has arrived.
 */
@Injectable()
export class SetLineUseCase {
  constructor(
    private readonly database: ShopDatabase,
    private readonly store: CartStore,
    private readonly changeCart: ChangeCart,
    private readonly readCart: ReadCartUseCase,
  ) {}

  async execute(command: SetLine): Promise<PricedCart> {
    const { cartId, caller, dot, sku, quantity } = command;
    const seen = assertOwn(await this.store.findById(this.database, cartId), caller);
    const cart = await this.changeCart.execute(seen, caller, (open) => {
      if (hasEdit(open.state, dot.replica, dot.seq)) return open.state;
      assertDecidable(open, command);
      // where nothing is to change the number is used up all the same, or the next edit would wait
      const op = opToSet(open.state, sku, quantity) ?? { type: 'remove', sku, observed: [] };
      return applyEdits(open.state, [{ ...dot, op }]);
    });
    return this.readCart.price(cart);
  }
}

function assertDecidable({ state }: Cart, { dot, sku }: SetLine): void {
  if (!isNextEdit(state, dot.replica, dot.seq)) {
    throw new DomainError('CART_EDIT_OUT_OF_ORDER', 'an earlier edit of this device is missing', {
      details: { expectedSeq: (state.replicas.get(dot.replica)?.throughSeq ?? 0) + 1 },
    });
  }
  if (!wasAdded(state, sku)) throw new DomainError('NOT_FOUND', 'the cart has no such line');
}
