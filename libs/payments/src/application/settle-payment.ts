import { OutcomeUnknownError } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { hasEndedUnpaid } from '../domain/payment.ts';
import type { Payment } from '../domain/payment.ts';
import { PaymentGateway } from './payment-gateway.ts';
import { RecordPayment } from './record-payment.ts';

/**
 * Asks the provider, one step at a time, about a payment as it was last read. Every step may be called
 * again at any point, by whoever holds the order: it first finishes what an earlier call left open.
 * OutcomeUnknownError passes through; the payment then says `unknown` until `refresh` has been told.
 */
@Injectable()
export class SettlePaymentUseCase {
  constructor(
    private readonly gateway: PaymentGateway,
    private readonly record: RecordPayment,
  ) {}

  /**
   * The provider answers a second call as it did the first. So a promise of the money is not written down by
   * itself, but with the intent that follows it: to capture, or to let go.
   */
  async authorize(payment: Payment): Promise<Payment> {
    if (payment.state !== 'authorizing') return payment;
    const seen = await this.gateway.authorize(referenceOf(payment));
    if (seen.state !== 'authorized') return this.record.observe(payment, seen);
    const { providerReference } = seen;
    return { ...payment, state: 'authorized', providerReference, methodToken: undefined };
  }

  /** An earlier call with unknown outcome is asked about; only "nothing was taken" lets us ask again. */
  async capture(known: Payment): Promise<Payment> {
    const first = await this.record.intend(known, 'capture');
    if (first.isRecorded) return this.askToCapture(first.payment);
    if (!isAskedAbout(first.payment)) return first.payment;
    const seen = await this.refresh(first.payment);
    if (seen.state !== 'authorized') return seen;
    const second = await this.record.intend(seen, 'capture');
    return second.isRecorded ? this.askToCapture(second.payment) : second.payment;
  }

  /** The answer may be `captured`: the money was taken after all and is in the books. */
  async void(known: Payment): Promise<Payment> {
    const answered = isAskedAbout(known) ? await this.refresh(known) : known;
    const { payment } = await this.record.intend(answered, 'void');
    if (payment.state !== 'voiding') return payment;
    return this.record.observe(payment, await this.gateway.void(referenceOf(payment)));
  }

  /** Asks the provider how things stand. */
  async refresh(payment: Payment): Promise<Payment> {
    switch (payment.state) {
      case 'captured':
      case 'voided':
      case 'declined':
        return payment;
      case 'authorizing':
        // asked again under the same id: the provider answers for the first call if that arrived
        return this.authorize(payment);
      case 'voiding':
        return this.void(payment);
      case 'requires_action':
      case 'authorized':
      case 'capturing':
        return this.lookUp(payment);
    }
  }

  /** Asks about a payment that ended without money: where some was taken after all, it enters the books. */
  async lookAgain(payment: Payment): Promise<Payment> {
    if (!hasEndedUnpaid(payment.state)) return payment;
    const seen = await this.gateway.lookUp(referenceOf(payment));
    if (seen === undefined) return payment;
    const observed = await this.record.observe(payment, seen);
    return observed.version === payment.version ? this.record.forgetLateNews(observed) : observed;
  }

  /** Asks once: a provider that took nothing, for a reason that may pass, is asked by whoever looks next. */
  private async askToCapture(payment: Payment): Promise<Payment> {
    const seen = await this.gateway.capture(referenceOf(payment));
    if (seen.state === 'authorized') {
      throw new OutcomeUnknownError(`the provider did not take payment ${payment.id} now`);
    }
    return this.record.observe(payment, seen);
  }

  private async lookUp(payment: Payment): Promise<Payment> {
    const seen = await this.gateway.lookUp(referenceOf(payment));
    return seen === undefined ? payment : this.record.observe(payment, seen);
  }
}

/** The provider was asked to promise or to take the money, and its answer is not known. */
const isAskedAbout = ({ state }: Payment): boolean =>
  state === 'authorizing' || state === 'capturing';

function referenceOf({ id, amount, providerReference, method, methodToken }: Payment) {
  return { paymentId: id, amount, providerReference, method, methodToken };
}
