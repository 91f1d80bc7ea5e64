import { DomainError, OutcomeUnknownError } from '@entrepot/kernel';
import { OrderStore } from '@entrepot/orders';
import { Injectable } from '@nestjs/common';
import { ContinueOrder } from './continue-order.ts';

const ordersPerSweepMax = 100;
/** An order rests at least this long before the reconciler looks at it, in seconds. */
export const restBeforeSweepSeconds = 5;

export interface Reconciled {
  readonly seen: number;
  readonly moved: number;
  /** Orders that could not be moved on now: a store or the provider did not answer. */
  readonly postponed: number;
}

/** Looks through the orders that are open and held by nobody, oldest first. */
@Injectable()
export class ReconcileOrders {
  constructor(
    private readonly orders: OrderStore,
    private readonly continueOrder: ContinueOrder,
  ) {}

  async execute(): Promise<Reconciled> {
    const resting = await this.orders.findResting({
      restedSeconds: restBeforeSweepSeconds,
      limit: ordersPerSweepMax,
    });
    const counts = { seen: resting.length, moved: 0, postponed: 0 };
    for (const orderId of resting) {
      try {
        if (await this.continueOrder.execute(orderId)) counts.moved += 1;
      } catch (error) {
        if (!(error instanceof OutcomeUnknownError) && !(error instanceof DomainError)) throw error;
        counts.postponed += 1;
      }
    }
    return counts;
  }
}
