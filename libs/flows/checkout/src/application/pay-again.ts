import { OrderStore } from '@entrepot/orders';
import { StartPaymentUseCase } from '@entrepot/payments';
import { Injectable } from '@nestjs/common';
import type { PayAgainRequest } from './claim-payment-attempt.ts';
import { ClaimPaymentAttempt } from './claim-payment-attempt.ts';
import { RunCheckout } from './run-checkout.ts';

/** Tries another payment for a declined order: a new attempt, and a new round for its stock. */
@Injectable()
export class PayAgain {
  constructor(
    private readonly startPayment: StartPaymentUseCase,
    private readonly claimAttempt: ClaimPaymentAttempt,
    private readonly orders: OrderStore,
    private readonly runCheckout: RunCheckout,
  ) {}

  /** Throws PAYMENT_METHOD_NOT_OFFERED, and what the claim refuses. */
  async execute(request: PayAgainRequest): Promise<{ readonly isReplay: boolean }> {
    this.startPayment.assertOffered(request.payment.method);
    const begun = await this.claimAttempt.execute(request);
    if (begun !== undefined) {
      await this.runCheckout.fresh(begun);
      return { isReplay: false };
    }
    const waiting = await this.orders.takeUp(request.orderId);
    if (waiting !== undefined) await this.runCheckout.resume(waiting.order);
    return { isReplay: true };
  }
}
