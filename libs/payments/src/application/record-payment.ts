import { DomainError } from '@entrepot/kernel';
import type { PaymentId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { captureEntries } from '../domain/ledger.ts';
import { stateAfterIntent, stateAfterSeen } from '../domain/payment.ts';
import type { Payment, PaymentIntent } from '../domain/payment.ts';
import type { GatewayPayment } from './payment-gateway.ts';
import { PaymentStore } from './payment-store.ts';

/** The payment with the intent recorded, or as it is where the intent does not apply or was there. */
export interface RecordedIntent {
  readonly payment: Payment;
  readonly isRecorded: boolean;
}

/**
 * What is written down around every call to the provider: what we are about to ask, and what was answered.
 * The call itself is made between them, under no lock. Each is written over the version it was decided on;
 * whoever comes second decides again on what the first has written.
 */
@Injectable()
export class RecordPayment {
  constructor(
    private readonly database: ShopDatabase,
    private readonly store: PaymentStore,
  ) {}

  /** Of several callers with one intent, one is told that it recorded it: that one asks the provider. */
  async intend(known: Payment, intent: PaymentIntent): Promise<RecordedIntent> {
    for (let payment = known; ; payment = await this.find(known.id)) {
      const state = stateAfterIntent(payment.state, intent);
      if (state === undefined || state === payment.state) return { payment, isRecorded: false };
      const intended = changed(payment, { state });
      if (await this.store.replace(this.database, intended)) {
        return { payment: intended, isRecorded: true };
      }
    }
  }

  /** Takes in what the provider said; a capture enters the books with it, once. */
  async observe(known: Payment, seen: GatewayPayment): Promise<Payment> {
    for (let payment = known; ; payment = await this.find(known.id)) {
      const state = stateAfterSeen(payment.state, seen.state);
      if (state === undefined) return payment;
      const observed = changed(payment, {
        state,
        providerReference: seen.providerReference,
        methodToken: undefined,
        // the first answer has the page or app that approves; a later look knows only that somebody must
        actionUrl: state === 'requires_action' ? (payment.actionUrl ?? seen.actionUrl) : undefined,
        declineCode: state === 'declined' ? seen.declineCode : undefined,
        // what was told while the provider was asked is not answered by this
        hasLateNews: payment.hasLateNews && payment.version !== known.version,
      });
      if (await this.write(observed)) return observed;
    }
  }

  /** The provider was asked after it had told something; not where it has told more since. */
  async forgetLateNews(asked: Payment): Promise<Payment> {
    if (!asked.hasLateNews) return asked;
    const settled = changed(asked, { hasLateNews: false });
    return (await this.store.replace(this.database, settled)) ? settled : asked;
  }

  private write(observed: Payment): Promise<boolean> {
    if (observed.state !== 'captured') return this.store.replace(this.database, observed);
    const entries = captureEntries(observed.amount, observed.tax);
    return this.store.replaceCaptured(this.database, observed, entries);
  }

  private async find(id: PaymentId): Promise<Payment> {
    const payment = await this.store.findById(this.database, id);
    if (payment === undefined) throw new DomainError('NOT_FOUND', `there is no payment ${id}`);
    return payment;
  }
}

const changed = (payment: Payment, change: Partial<Payment>): Payment => ({
  ...payment,
  actionUrl: undefined,
  ...change,
  version: payment.version + 1,
});
