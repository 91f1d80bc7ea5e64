import { DomainError } from '@entrepot/kernel';
import type { PaymentId } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import type { Transaction } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { captureEntries } from '../domain/ledger.ts';
import { stateAfterIntent, stateAfterSeen } from '../domain/payment.ts';
import type { Payment, PaymentIntent, PaymentState } from '../domain/payment.ts';
import type { GatewayPayment } from './payment-gateway.ts';
import { PaymentStore } from './payment-store.ts';

/** The payment with the intent recorded, or as it is where the intent does not apply or was there. */
export interface RecordedIntent {
  readonly payment: Payment;
  readonly isRecorded: boolean;
}

/**
 * The two short transactions around every call to the provider: what we are about to ask, and what was
 * answered. The call itself is made between them, under no lock.
 */
@Injectable()
export class RecordPayment {
  constructor(
    private readonly database: ShopDatabase,
    private readonly store: PaymentStore,
  ) {}

  async find(id: PaymentId): Promise<Payment> {
    return assertThere(await this.store.findById(this.database, id), id);
  }

  /** Of several callers with one intent, one is told that it recorded it: that one asks the provider. */
  intend(id: PaymentId, intent: PaymentIntent): Promise<RecordedIntent> {
    return this.database.unitOfWork(async (tx) => {
      const payment = assertThere(await this.store.lockById(tx, id), id);
      const next = stateAfterIntent(payment.state, intent);
      if (next === undefined || next === payment.state) return { payment, isRecorded: false };
      return { payment: await this.save(tx, payment, { state: next }), isRecorded: true };
    });
  }

  /** Takes in what the provider said; a capture enters the books in the same transaction, once. */
  observe(id: PaymentId, seen: GatewayPayment): Promise<Payment> {
    return this.database.unitOfWork(async (tx) => {
      const payment = assertThere(await this.store.lockById(tx, id), id);
      const next = stateAfterSeen(payment.state, seen.state);
      if (next === undefined) return payment;
      const observed = await this.save(tx, payment, {
        state: next,
        providerReference: seen.providerReference,
        methodToken: undefined,
        actionUrl: next === 'requires_action' ? seen.actionUrl : undefined,
        declineCode: next === 'declined' ? seen.declineCode : undefined,
      });
      if (next === 'captured') await this.postCapture(tx, observed);
      return observed;
    });
  }

  private async postCapture(tx: Transaction, payment: Payment): Promise<void> {
    if (await this.store.hasCaptureJournal(tx, payment.id)) return;
    const entries = captureEntries(payment.amount, payment.tax);
    await this.store.post(tx, payment.id, { kind: 'capture', entries });
  }

  private async save(
    tx: Transaction,
    payment: Payment,
    change: Partial<Payment> & { readonly state: PaymentState },
  ): Promise<Payment> {
    const changed = { ...payment, actionUrl: undefined, ...change, version: payment.version + 1 };
    await this.store.save(tx, changed);
    return changed;
  }
}

export function assertThere(payment: Payment | undefined, id: PaymentId): Payment {
  if (payment !== undefined) return payment;
  throw new DomainError('NOT_FOUND', `there is no payment ${id}`);
}
