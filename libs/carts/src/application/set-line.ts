import { applyEdits, DomainError, opToSet } from '@entrepot/kernel';
import type { CartId, Dot, Sku } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { hasEdit, isNextEdit } from '../domain/cart.ts';
import type { Cart, CartCaller } from '../domain/cart.ts';
import type { PricedCart } from '../domain/priced-cart.ts';
import { CartStore } from './cart-store.ts';
import { assertOpen } from './open-cart.ts';
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
 * decided here, once, under the cart's lock, and only when every earlier edit of the device has arrived.
 */
@Injectable()
export class SetLineUseCase {
  constructor(
    private readonly database: ShopDatabase,
    private readonly store: CartStore,
    private readonly readCart: ReadCartUseCase,
  ) {}

  async execute(command: SetLine): Promise<PricedCart> {
    const cart = await this.database.unitOfWork(async (tx) => {
      const locked = assertOpen(await this.store.lockById(tx, command.cartId), command.caller);
      const { dot, sku, quantity } = command;
      if (hasEdit(locked.state, dot.replica, dot.seq)) return locked;
      assertDecidable(locked, command);
      // where nothing is to change the number is used up all the same, or the next edit would wait
      const op = opToSet(locked.state, sku, quantity) ?? { type: 'remove', sku, observed: [] };
      return this.store.saveState(tx, locked, applyEdits(locked.state, [{ ...dot, op }]));
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
  if (!state.skus.has(sku)) throw new DomainError('NOT_FOUND', 'the cart has no such line');
}
