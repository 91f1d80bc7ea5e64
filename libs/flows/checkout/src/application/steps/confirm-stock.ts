import { Injectable } from '@nestjs/common';
import type { CheckoutAction, CheckoutRun } from '../checkout-run.ts';
import { stockRoundOf } from '../checkout-run.ts';
import { OrderStock } from '../order-stock.ts';

/** Turns the holds into sales, now that the money is promised. */
@Injectable()
export class ConfirmStockStep implements CheckoutAction {
  constructor(private readonly stock: OrderStock) {}

  async execute(run: CheckoutRun): Promise<CheckoutRun> {
    return { ...run, stock: await this.stock.sell(stockRoundOf(run.order), run.holds) };
  }
}

@Injectable()
export class ReleaseStockStep implements CheckoutAction {
  constructor(private readonly stock: OrderStock) {}

  async execute(run: CheckoutRun): Promise<CheckoutRun> {
    await this.stock.release(stockRoundOf(run.order));
    return { ...run, stock: 'lost' };
  }
}

@Injectable()
export class CancelSaleStep implements CheckoutAction {
  constructor(private readonly stock: OrderStock) {}

  async execute(run: CheckoutRun): Promise<CheckoutRun> {
    await this.stock.cancelSale(stockRoundOf(run.order));
    return { ...run, stock: 'lost' };
  }
}
