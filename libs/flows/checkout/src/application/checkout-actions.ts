import { Injectable } from '@nestjs/common';
import type { ActingStep, CheckoutAction } from './checkout-run.ts';
import { AuthorizeStep, VoidPaymentStep } from './steps/authorize.ts';
import { CaptureStep } from './steps/capture.ts';
import { CancelSaleStep, ConfirmStockStep, ReleaseStockStep } from './steps/confirm-stock.ts';
import { ReserveAnewStep, ReserveStep } from './steps/reserve.ts';

@Injectable()
export class ForwardSteps {
  readonly byStep;

  constructor(
    reserve: ReserveStep,
    reserveAnew: ReserveAnewStep,
    authorize: AuthorizeStep,
    confirmStock: ConfirmStockStep,
    capture: CaptureStep,
  ) {
    this.byStep = {
      reserve,
      reserve_anew: reserveAnew,
      authorize,
      confirm_stock: confirmStock,
      capture,
    } as const satisfies Partial<Record<ActingStep, CheckoutAction>>;
  }
}

@Injectable()
export class UndoSteps {
  readonly byStep;

  constructor(
    voidPayment: VoidPaymentStep,
    releaseStock: ReleaseStockStep,
    cancelSale: CancelSaleStep,
  ) {
    this.byStep = {
      void_payment: voidPayment,
      release_stock: releaseStock,
      cancel_sale: cancelSale,
    } as const satisfies Partial<Record<ActingStep, CheckoutAction>>;
  }
}

/** The effects of the table's steps; one entry per step, so that none can be forgotten. */
@Injectable()
export class CheckoutActions {
  private readonly byStep: Readonly<Record<ActingStep, CheckoutAction>>;

  constructor(forward: ForwardSteps, undo: UndoSteps) {
    this.byStep = { ...forward.byStep, ...undo.byStep };
  }

  of(step: ActingStep): CheckoutAction {
    return this.byStep[step];
  }
}
