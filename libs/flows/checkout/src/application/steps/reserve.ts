import { ShopDatabase } from '@entrepot/platform-database';
import { dropLines, OrderStore } from '@entrepot/orders';
import { Injectable } from '@nestjs/common';
import type { CheckoutAction, CheckoutRun } from '../checkout-run.ts';
import { stockRoundOf } from '../checkout-run.ts';
import { OrderStock } from '../order-stock.ts';

/**
 * Holds the lines. Dropped lines are written down only with the payment attempt: until then the round
 * can be released and held anew without a trace.
 */
@Injectable()
export class ReserveStep implements CheckoutAction {
  constructor(private readonly stock: OrderStock) {}

  async execute(run: CheckoutRun): Promise<CheckoutRun> {
    const outcome = await this.stock.hold(stockRoundOf(run.order));
    if (outcome.kind === 'held') {
      const { holds, dropped } = outcome;
      return { ...run, order: dropLines(run.order, dropped), holds, stock: 'held', shortages: [] };
    }
    return {
      ...run,
      stock: 'lost',
      shortages: outcome.shortages,
      holdRefused: outcome.kind === 'refused' ? 'finally' : 'for_now',
    };
  }
}

/** Numbers a new round before anything of it is held. */
@Injectable()
export class ReserveAnewStep implements CheckoutAction {
  constructor(
    private readonly database: ShopDatabase,
    private readonly orders: OrderStore,
  ) {}

  async execute(run: CheckoutRun): Promise<CheckoutRun> {
    const order = { ...run.order, reserveRound: run.order.reserveRound + 1 };
    const saved = await this.database.unitOfWork((tx) => this.orders.save(tx, order));
    return { ...run, order: saved, stock: 'none' };
  }
}
