import { ShopDatabase } from '@entrepot/platform-database';
import { OrderStore } from '@entrepot/orders';
import type { Payment } from '@entrepot/payments';
import { SettlePaymentUseCase, StartPaymentUseCase } from '@entrepot/payments';
import { Injectable } from '@nestjs/common';
import type { CheckoutAction, CheckoutRun } from '../checkout-run.ts';
import { CheckoutSettings } from '../checkout-settings.ts';

/** Asks the provider for the money. What was dropped is written in the same transaction as the amount. */
@Injectable()
export class AuthorizeStep implements CheckoutAction {
  constructor(
    private readonly database: ShopDatabase,
    private readonly orders: OrderStore,
    private readonly startPayment: StartPaymentUseCase,
    private readonly settlePayment: SettlePaymentUseCase,
    private readonly settings: CheckoutSettings,
  ) {}

  async execute(run: CheckoutRun): Promise<CheckoutRun> {
    const started = run.payment === undefined ? await this.start(run) : run;
    if (started.payment === undefined) return started;
    return { ...started, payment: await this.settlePayment.authorize(started.payment) };
  }

  private async start(run: CheckoutRun): Promise<CheckoutRun> {
    const [order, payment] = await this.database.unitOfWork(
      async (tx): Promise<[CheckoutRun['order'], Payment]> => {
        const { order } = run;
        return Promise.all([
          this.orders.save(tx, order),
          this.startPayment.execute(tx, {
            cell: this.settings.cell,
            orderId: order.orderId,
            attempt: order.paymentAttempt,
            subjectId: order.subjectId,
            amount: order.total,
            tax: order.taxIncluded,
            method: order.paymentMethod,
            methodToken: order.paymentToken,
          }),
        ]);
      },
    );
    return { ...run, order, payment };
  }
}

/** Lets go of the money; where it was taken after all, the payment says so. */
@Injectable()
export class VoidPaymentStep implements CheckoutAction {
  constructor(private readonly settlePayment: SettlePaymentUseCase) {}

  async execute(run: CheckoutRun): Promise<CheckoutRun> {
    if (run.payment === undefined) return run;
    return { ...run, payment: await this.settlePayment.void(run.payment) };
  }
}
