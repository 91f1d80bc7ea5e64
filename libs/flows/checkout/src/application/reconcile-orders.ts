import { DomainError, OutcomeUnknownError } from '@entrepot/kernel';
import { OrderStore } from '@entrepot/orders';
import { Injectable } from '@nestjs/common';
import { ContinueOrder } from './continue-order.ts';

const ordersPerSweepMax = 100;
/** A provider that is slow about one order keeps this many others going. */
const sweepWidth = 8;
/** An order rests at least this long before the reconciler looks at it, in seconds. */
export const restBeforeSweepSeconds = 5;

export interface Reconciled {
  readonly seen: number;
  readonly moved: number;
  /** Orders that could not be moved on now: a store or the provider did not answer. */
  readonly postponed: number;
}

/** Looks through the orders that are open and held by nobody; a defect met on one keeps no other waiting. */
@Injectable()
export class ReconcileOrders {
  constructor(
    private readonly orders: OrderStore,
    private readonly continueOrder: ContinueOrder,
  ) {}

  /** Throws the defects it met once it has looked at every order. */
  async execute(): Promise<Reconciled> {
    const resting = await this.orders.findResting({
      restedSeconds: restBeforeSweepSeconds,
      limit: ordersPerSweepMax,
    });
    const defects: unknown[] = [];
    const counts = { seen: resting.length, moved: 0, postponed: 0 };
    const next = resting.values();
    const takeTurns = async (): Promise<void> => {
      for (const orderId of next) {
        try {
          if (await this.continueOrder.execute(orderId)) counts.moved += 1;
        } catch (error) {
          counts.postponed += 1;
          if (error instanceof OutcomeUnknownError || error instanceof DomainError) continue;
          defects.push(error);
        }
      }
    };
    await Promise.all(Array.from({ length: sweepWidth }, takeTurns));
    if (defects.length > 0) throw new AggregateError(defects, 'orders could not be moved on');
    return counts;
  }
}
