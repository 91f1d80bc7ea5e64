import type { OrderId, PaymentId, SubjectId } from '@entrepot/kernel';
import type { Queryable, ShopDatabase, Transaction } from '@entrepot/platform-database';
import type { LedgerEntry } from '../domain/ledger.ts';
import type { Payment, PaymentState } from '../domain/payment.ts';
import type { GatewayEvent } from './payment-gateway.ts';

export abstract class PaymentStore {
  /** Inserts unless the order has this attempt already; answers the one that is there. */
  abstract insertOrFind(tx: Transaction, payment: Payment): Promise<Payment>;
  abstract findById(from: Queryable, id: PaymentId): Promise<Payment | undefined>;
  abstract findByAttempt(
    from: Queryable,
    orderId: OrderId,
    attempt: number,
  ): Promise<Payment | undefined>;
  /** Writes the payment over the version before it; false where somebody changed it since. */
  abstract replace(on: Queryable, payment: Payment): Promise<boolean>;
  /** As `replace`, for a captured payment; its capture enters the books with it, once. */
  abstract replaceCaptured(
    on: Queryable,
    payment: Payment,
    entries: readonly LedgerEntry[],
  ): Promise<boolean>;
  /**
   * Records the event, unless it is news of its payment: that is answered, and nothing recorded. It is news
   * where it was not recorded before, the payment is in one of `states`, and no call about it began within
   * the last `seconds`, whose answer may be on its way.
   */
  abstract recordUnlessNews(
    on: Queryable,
    provider: string,
    event: GatewayEvent,
    news: { readonly states: readonly PaymentState[]; readonly seconds: number },
  ): Promise<Payment | undefined>;
  /** False when the event was recorded before. */
  abstract recordEvent(on: Queryable, provider: string, event: GatewayEvent): Promise<boolean>;
  /** Payments of which the provider told after they had ended, in no order. */
  abstract findLateNews(from: Queryable, limit: number): Promise<Payment[]>;
  abstract findAllOfSubject(from: Queryable, subjectId: SubjectId): Promise<Payment[]>;
  /**
   * Cuts the link between payments and a person; the number of payments. Each in a transaction of its own:
   * rows keep its number, which would join the payments of one person.
   */
  abstract unlinkSubject(on: ShopDatabase, subjectId: SubjectId): Promise<number>;
}
