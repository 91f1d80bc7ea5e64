import type { OrderId, PaymentId } from '@entrepot/kernel';
import { PaymentStore, SettlePaymentUseCase } from '@entrepot/payments';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { ContinueOrder } from './continue-order.ts';

/**
 * What follows when the provider tells of a payment: its order goes on. Where that has ended, or has begun
 * another attempt, the payment is looked up all the same, so that money taken late is in the books.
 */
@Injectable()
export class HearOfPayment {
  constructor(
    private readonly database: ShopDatabase,
    private readonly continueOrder: ContinueOrder,
    private readonly payments: PaymentStore,
    private readonly settlePayment: SettlePaymentUseCase,
  ) {}

  /** False where somebody else is at work on the order or it has ended. */
  async execute(paymentId: PaymentId, orderId: OrderId): Promise<boolean> {
    const isMoved = await this.continueOrder.execute(orderId);
    const payment = await this.payments.findById(this.database, paymentId);
    if (payment !== undefined) await this.settlePayment.lookAgain(payment);
    return isMoved;
  }
}
