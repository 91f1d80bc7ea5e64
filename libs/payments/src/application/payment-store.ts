import type { OrderId, PaymentId, SubjectId } from '@entrepot/kernel';
import type { Queryable, Transaction } from '@entrepot/platform-database';
import type { LedgerEntry } from '../domain/ledger.ts';
import type { Payment } from '../domain/payment.ts';
import type { GatewayEvent } from './payment-gateway.ts';

export type JournalKind = 'capture' | 'refund';

export abstract class PaymentStore {
  /** Inserts unless the order has this attempt already; answers the one that is there. */
  abstract insertOrFind(tx: Transaction, payment: Payment): Promise<Payment>;
  abstract findById(from: Queryable, id: PaymentId): Promise<Payment | undefined>;
  abstract findByAttempt(
    from: Queryable,
    orderId: OrderId,
    attempt: number,
  ): Promise<Payment | undefined>;
  /** Waits for the payment's row lock; every change of a payment begins here. */
  abstract lockById(tx: Transaction, id: PaymentId): Promise<Payment | undefined>;
  abstract save(tx: Transaction, payment: Payment): Promise<void>;
  /** False when the event was recorded before. */
  abstract recordEvent(tx: Transaction, provider: string, event: GatewayEvent): Promise<boolean>;
  abstract hasCaptureJournal(tx: Transaction, id: PaymentId): Promise<boolean>;
  abstract post(
    tx: Transaction,
    id: PaymentId,
    journal: { readonly kind: JournalKind; readonly entries: readonly LedgerEntry[] },
  ): Promise<void>;
  abstract findAllOfSubject(from: Queryable, subjectId: SubjectId): Promise<Payment[]>;
  /** Cuts the link between payments and a person; the number of payments. */
  abstract unlinkSubject(tx: Transaction, subjectId: SubjectId): Promise<number>;
}
