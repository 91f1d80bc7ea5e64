import { SettlePaymentUseCase } from '@entrepot/payments';
import { Injectable } from '@nestjs/common';
import type { CheckoutAction, CheckoutRun } from '../checkout-run.ts';

/** Takes the money, for stock that is sold. The ledger is posted with what the provider answers. */
@Injectable()
export class CaptureStep implements CheckoutAction {
  constructor(private readonly settlePayment: SettlePaymentUseCase) {}

  async execute(run: CheckoutRun): Promise<CheckoutRun> {
    if (run.payment === undefined) return run;
    return { ...run, payment: await this.settlePayment.capture(run.payment) };
  }
}
