import { randomUUID } from 'node:crypto';
import { Money } from '@entrepot/kernel';
import type { CurrencyCode, OrderId, PaymentId, SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { Queryable, ShopDatabase, Transaction } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import type { GatewayEvent } from '../application/payment-gateway.ts';
import { PaymentStore } from '../application/payment-store.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import type { Payment, PaymentMethod, PaymentState } from '../domain/payment.ts';

const columns = `payment_id, order_id, attempt, subject_id, provider, provider_reference, method,
  method_token, action_url, currency, amount_minor, tax_minor, state, decline_code, version,
  has_late_news`;

const insertPayment = statement(
  'payments.insert_payment',
  `INSERT INTO payments.payment (payment_id, order_id, attempt, subject_id, provider, method,
     method_token, currency, amount_minor, tax_minor, state)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
   ON CONFLICT (order_id, attempt) DO NOTHING
   RETURNING ${columns}`,
);
const findPayment = statement(
  'payments.find_payment',
  `SELECT ${columns} FROM payments.payment WHERE payment_id = $1`,
);
const findAttempt = statement(
  'payments.find_attempt',
  `SELECT ${columns} FROM payments.payment WHERE order_id = $1 AND attempt = $2`,
);
const replacement = `UPDATE payments.payment SET state = $2, provider_reference = $3,
   method_token = $4, action_url = $5, decline_code = $6, version = $7,
   has_late_news = $8,
   changed_at = CASE WHEN state = $2 THEN changed_at ELSE now() END
   WHERE payment_id = $1 AND version = $7 - 1`;
const replacePayment = statement('payments.replace', replacement);
const replaceCaptured = statement(
  'payments.replace_captured',
  `WITH replaced AS (${replacement} RETURNING payment_id),
   booked AS (
     INSERT INTO payments.journal (journal_id, kind, payment_id)
     SELECT $9, 'capture', payment_id FROM replaced
     WHERE NOT EXISTS (SELECT FROM payments.journal known
                       WHERE known.payment_id = $1 AND known.kind = 'capture')
     RETURNING journal_id),
   entered AS (
     INSERT INTO payments.ledger_entry (journal_id, line_number, account, currency, amount_minor)
     SELECT journal_id, line_number, account, currency, amount_minor
     FROM booked, unnest($10::text[], $11::text[], $12::bigint[]) WITH ORDINALITY
       AS entry (account, currency, amount_minor, line_number))
   SELECT FROM replaced`,
);
const eventColumns = 'provider, event_id, type, payment_id, amount_minor, currency, state';
const recordEvent = statement(
  'payments.record_event',
  `INSERT INTO payments.provider_event (${eventColumns})
   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (provider, event_id) DO NOTHING`,
);
const recordUnlessNews = statement(
  'payments.record_unless_news',
  `WITH news AS (
     SELECT ${columns} FROM payments.payment
     WHERE payment_id = $4 AND state = ANY ($8::text[])
       AND (state NOT IN ('authorizing', 'capturing', 'voiding')
         OR changed_at < clock_timestamp() - make_interval(secs => $9))
       AND NOT EXISTS (SELECT FROM payments.provider_event
                       WHERE provider = $1 AND event_id = $2)),
   recorded AS (
     INSERT INTO payments.provider_event (${eventColumns})
     SELECT $1, $2, $3, $4, $5::bigint, $6, $7 WHERE NOT EXISTS (SELECT FROM news)
     ON CONFLICT (provider, event_id) DO NOTHING)
   SELECT * FROM news`,
);
const findLateNews = statement(
  'payments.find_late_news',
  `SELECT ${columns} FROM payments.payment WHERE has_late_news ORDER BY random() LIMIT $1`,
);
const findPaymentsOfSubject = statement(
  'payments.find_payments_of_subject',
  `SELECT ${columns} FROM payments.payment WHERE subject_id = $1 ORDER BY created_at, payment_id`,
);
/** In no order, so that the sequence in which they are cut off tells nothing. */
const findPaymentsToUnlink = statement(
  'payments.find_payments_to_unlink',
  'SELECT payment_id FROM payments.payment WHERE subject_id = $1 ORDER BY random()',
);
/**
 * A new version, so that whoever read the payment before does not write the token back. One whose answer is
 * awaited keeps it until then: the provider answers a repeated question only if it is the same.
 */
const unlinkPayment = statement(
  'payments.unlink_payment',
  `UPDATE payments.payment SET subject_id = NULL, version = version + 1,
     method_token = CASE WHEN state = 'authorizing' THEN method_token END
   WHERE payment_id = $1 AND subject_id = $2`,
);

interface PaymentRow {
  readonly payment_id: string;
  readonly order_id: string;
  readonly attempt: number;
  readonly subject_id: string | null;
  readonly provider: string;
  readonly provider_reference: string | null;
  readonly method: string;
  readonly method_token: string | null;
  readonly action_url: string | null;
  readonly currency: string;
  readonly amount_minor: bigint;
  readonly tax_minor: bigint;
  readonly state: string;
  readonly decline_code: string | null;
  readonly version: number;
  readonly has_late_news: boolean;
}

@Injectable()
export class PgPaymentStore extends PaymentStore {
  async insertOrFind(tx: Transaction, payment: Payment): Promise<Payment> {
    const { id, orderId, attempt, subjectId, provider, method, methodToken, amount, tax } = payment;
    const inserted = await tx.query<PaymentRow>(insertPayment, [
      ...[id, orderId, attempt, subjectId ?? null, provider, method, methodToken ?? null],
      ...[amount.currency, amount.amountMinor, tax.amountMinor, payment.state],
    ]);
    const present = firstOf(inserted) ?? (await this.findByAttempt(tx, orderId, attempt));
    if (present === undefined) throw new TypeError(`attempt ${attempt} of ${orderId} vanished`);
    return present;
  }

  async findById(from: Queryable, id: PaymentId): Promise<Payment | undefined> {
    return firstOf(await from.query<PaymentRow>(findPayment, [id]));
  }

  async findByAttempt(
    from: Queryable,
    orderId: OrderId,
    attempt: number,
  ): Promise<Payment | undefined> {
    return firstOf(await from.query<PaymentRow>(findAttempt, [orderId, attempt]));
  }

  async replace(on: Queryable, payment: Payment): Promise<boolean> {
    return (await on.execute(replacePayment, replacementValues(payment))) === 1;
  }

  async replaceCaptured(
    on: Queryable,
    payment: Payment,
    entries: readonly LedgerEntry[],
  ): Promise<boolean> {
    const rows = await on.execute(replaceCaptured, [
      ...replacementValues(payment),
      randomUUID(),
      entries.map(({ account }) => account),
      entries.map(({ amount }) => amount.currency),
      entries.map(({ amount }) => amount.amountMinor),
    ]);
    return rows === 1;
  }

  async recordUnlessNews(
    on: Queryable,
    provider: string,
    event: GatewayEvent,
    { states, seconds }: { readonly states: readonly PaymentState[]; readonly seconds: number },
  ): Promise<Payment | undefined> {
    const values = [...eventValues(provider, event), states, seconds];
    return firstOf(await on.query<PaymentRow>(recordUnlessNews, values));
  }

  async recordEvent(on: Queryable, provider: string, event: GatewayEvent): Promise<boolean> {
    return (await on.execute(recordEvent, eventValues(provider, event))) === 1;
  }

  async findLateNews(from: Queryable, limit: number): Promise<Payment[]> {
    return (await from.query<PaymentRow>(findLateNews, [limit])).map(toPayment);
  }

  async findAllOfSubject(from: Queryable, subjectId: SubjectId): Promise<Payment[]> {
    return (await from.query<PaymentRow>(findPaymentsOfSubject, [subjectId])).map(toPayment);
  }

  async unlinkSubject(on: ShopDatabase, subjectId: SubjectId): Promise<number> {
    const payments = await on.query<{ payment_id: PaymentId }>(findPaymentsToUnlink, [subjectId]);
    let unlinked = 0;
    for (const { payment_id: paymentId } of payments) {
      unlinked += await on.execute(unlinkPayment, [paymentId, subjectId]);
    }
    return unlinked;
  }
}

const replacementValues = (payment: Payment) => [
  ...[payment.id, payment.state, payment.providerReference ?? null],
  ...[payment.methodToken ?? null, payment.actionUrl ?? null, payment.declineCode ?? null],
  payment.version,
  payment.hasLateNews,
];

const eventValues = (provider: string, event: GatewayEvent) => {
  const { eventId, type, paymentId, amount, state } = event;
  return [
    ...[provider, eventId, type, paymentId ?? null],
    ...[amount?.amountMinor ?? null, amount?.currency ?? null, state ?? null],
  ];
};

const firstOf = ([row]: readonly PaymentRow[]): Payment | undefined => row && toPayment(row);

/** Columns constrained by CHECK are taken at their word. */
function toPayment(row: PaymentRow): Payment {
  const currency = row.currency as CurrencyCode;
  return {
    id: row.payment_id as PaymentId,
    orderId: row.order_id as OrderId,
    attempt: row.attempt,
    subjectId: (row.subject_id ?? undefined) as SubjectId | undefined,
    provider: row.provider,
    providerReference: row.provider_reference ?? undefined,
    method: row.method as PaymentMethod,
    methodToken: row.method_token ?? undefined,
    actionUrl: row.action_url ?? undefined,
    amount: Money.of(row.amount_minor, currency),
    tax: Money.of(row.tax_minor, currency),
    state: row.state as PaymentState,
    declineCode: row.decline_code ?? undefined,
    version: row.version,
    hasLateNews: row.has_late_news,
  };
}
