import { OutcomeUnknownError } from '@entrepot/kernel';
import type { Order } from '@entrepot/orders';
import type { Payment } from '@entrepot/payments';
import { PaymentStore, SettlePaymentUseCase } from '@entrepot/payments';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';

/** What the payment of an order's present attempt says. */
@Injectable()
export class CheckoutFacts {
  constructor(
    private readonly database: ShopDatabase,
    private readonly payments: PaymentStore,
    private readonly settlePayment: SettlePaymentUseCase,
  ) {}

  /** As we have it written down. */
  recordedPaymentOf({ orderId, paymentAttempt }: Order): Promise<Payment | undefined> {
    return this.payments.findByAttempt(this.database, orderId, paymentAttempt);
  }

  /** As the provider says; what is written down where it does not answer. */
  async paymentOf(order: Order): Promise<Payment | undefined> {
    const recorded = await this.recordedPaymentOf(order);
    if (recorded === undefined) return undefined;
    try {
      return await this.settlePayment.refresh(recorded);
    } catch (error) {
      if (!(error instanceof OutcomeUnknownError)) throw error;
      return recorded;
    }
  }
}
