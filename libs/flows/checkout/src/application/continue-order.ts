import type { OrderId } from '@entrepot/kernel';
import { OrderStore } from '@entrepot/orders';
import { Injectable } from '@nestjs/common';
import { RunCheckout } from './run-checkout.ts';

/** Finishes what a crash, a slow provider or a slow shopper left open. */
@Injectable()
export class ContinueOrder {
  constructor(
    private readonly orders: OrderStore,
    private readonly runCheckout: RunCheckout,
  ) {}

  /** False where somebody else is at work on the order or it has ended. */
  async execute(orderId: OrderId): Promise<boolean> {
    const taken = await this.orders.takeUp(orderId);
    if (taken === undefined) return false;
    await this.runCheckout.resume(taken.order);
    return true;
  }
}
