import { OutcomeUnknownError } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { PaymentStore } from './payment-store.ts';
import { SettlePaymentUseCase } from './settle-payment.ts';

const paymentsPerSweepMax = 50;

/**
 * Asks the provider about payments that had ended unpaid when it told of them: nobody else looks at them
 * any more, and money that was taken after all belongs into the books.
 */
@Injectable()
export class LookAtLateNewsUseCase {
  constructor(
    private readonly database: ShopDatabase,
    private readonly store: PaymentStore,
    private readonly settlePayment: SettlePaymentUseCase,
  ) {}

  /**
   * A provider that does not answer is asked again by the next sweep. Throws the defects it met once it has
   * looked at every payment.
   */
  async execute(): Promise<void> {
    const defects: unknown[] = [];
    for (const payment of await this.store.findLateNews(this.database, paymentsPerSweepMax)) {
      try {
        await this.settlePayment.lookAgain(payment);
      } catch (error) {
        if (!(error instanceof OutcomeUnknownError)) defects.push(error);
      }
    }
    if (defects.length > 0) throw new AggregateError(defects, 'payments could not be looked at');
  }
}
