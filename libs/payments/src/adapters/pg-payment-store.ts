import { randomUUID } from 'node:crypto';
import { Money } from '@entrepot/kernel';
import type { CurrencyCode, OrderId, PaymentId, SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { Queryable, Transaction } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import type { GatewayEvent } from '../application/payment-gateway.ts';
import { PaymentStore } from '../application/payment-store.ts';
import type { JournalKind } from '../application/payment-store.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import type { Payment, PaymentMethod, PaymentState } from '../domain/payment.ts';

const columns = `payment_id, order_id, attempt, subject_id, provider, provider_reference, method,
  method_token, action_url, currency, amount_minor, tax_minor, state, decline_code, version`;

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
const lockPayment = statement(
  'payments.lock_payment',
  `SELECT ${columns} FROM payments.payment WHERE payment_id = $1 FOR UPDATE`,
);
const savePayment = statement(
  'payments.save_payment',
  `UPDATE payments.payment SET state = $2, provider_reference = $3, method_token = $4,
     action_url = $5, decline_code = $6, version = $7, changed_at = now()
   WHERE payment_id = $1`,
);
const recordEvent = statement(
  'payments.record_event',
  `INSERT INTO payments.provider_event
     (provider, event_id, type, payment_id, amount_minor, currency, state)
   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (provider, event_id) DO NOTHING`,
);
const findCaptureJournal = statement(
  'payments.find_capture_journal',
  `SELECT 1 FROM payments.journal WHERE payment_id = $1 AND kind = 'capture'`,
);
const insertJournal = statement(
  'payments.insert_journal',
  'INSERT INTO payments.journal (journal_id, kind, payment_id) VALUES ($1, $2, $3)',
);
const insertEntries = statement(
  'payments.insert_entries',
  `INSERT INTO payments.ledger_entry (journal_id, line_number, account, currency, amount_minor)
   SELECT $1, line_number, account, currency, amount_minor
   FROM unnest($2::int[], $3::text[], $4::text[], $5::bigint[])
     AS entry (line_number, account, currency, amount_minor)`,
);
const findPaymentsOfSubject = statement(
  'payments.find_payments_of_subject',
  `SELECT ${columns} FROM payments.payment WHERE subject_id = $1 ORDER BY created_at, payment_id`,
);
const unlinkPayments = statement(
  'payments.unlink_payments',
  'UPDATE payments.payment SET subject_id = NULL, method_token = NULL WHERE subject_id = $1',
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

  async lockById(tx: Transaction, id: PaymentId): Promise<Payment | undefined> {
    return firstOf(await tx.query<PaymentRow>(lockPayment, [id]));
  }

  async save(tx: Transaction, payment: Payment): Promise<void> {
    await tx.execute(savePayment, [
      ...[payment.id, payment.state, payment.providerReference ?? null],
      ...[payment.methodToken ?? null, payment.actionUrl ?? null, payment.declineCode ?? null],
      payment.version,
    ]);
  }

  async recordEvent(tx: Transaction, provider: string, event: GatewayEvent): Promise<boolean> {
    const { eventId, type, paymentId, amount, state } = event;
    const rows = await tx.execute(recordEvent, [
      ...[provider, eventId, type, paymentId ?? null],
      ...[amount?.amountMinor ?? null, amount?.currency ?? null, state ?? null],
    ]);
    return rows === 1;
  }

  async hasCaptureJournal(tx: Transaction, id: PaymentId): Promise<boolean> {
    return (await tx.execute(findCaptureJournal, [id])) > 0;
  }

  async post(
    tx: Transaction,
    id: PaymentId,
    { kind, entries }: { readonly kind: JournalKind; readonly entries: readonly LedgerEntry[] },
  ): Promise<void> {
    const journalId = randomUUID();
    await tx.execute(insertJournal, [journalId, kind, id]);
    await tx.execute(insertEntries, [
      journalId,
      entries.map((_, index) => index + 1),
      entries.map(({ account }) => account),
      entries.map(({ amount }) => amount.currency),
      entries.map(({ amount }) => amount.amountMinor),
    ]);
  }

  async findAllOfSubject(from: Queryable, subjectId: SubjectId): Promise<Payment[]> {
    return (await from.query<PaymentRow>(findPaymentsOfSubject, [subjectId])).map(toPayment);
  }

  unlinkSubject(tx: Transaction, subjectId: SubjectId): Promise<number> {
    return tx.execute(unlinkPayments, [subjectId]);
  }
}

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
  };
}
