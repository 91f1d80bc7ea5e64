import type { Breach } from './breach.ts';
import { breach, Tally } from './breach.ts';
import type { OrderRow } from './check-orders.ts';

export interface PaymentRow {
  readonly paymentId: string;
  readonly orderId: string;
  readonly state: string;
  readonly currency: string;
  readonly amountMinor: number;
}

export interface LedgerRow {
  readonly journalId: string;
  readonly kind: string;
  readonly paymentId: string;
  readonly account: string;
  readonly currency: string;
  readonly amountMinor: number;
}

/** One payment in the provider's own books; `reference` is our payment id. */
export interface ProviderCapture {
  readonly reference: string;
  readonly currency: string;
  readonly captures: number;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
}

export interface MoneyBooks {
  readonly cell: string;
  readonly orders: readonly OrderRow[];
  readonly payments: readonly PaymentRow[];
  readonly ledger: readonly LedgerRow[];
  readonly provider: readonly ProviderCapture[];
}

const receivable = 'provider_receivable';
const minor = (amountMinor: number, currency: string): string => `${amountMinor} ${currency}`;

/** The ledger against itself, against the orders, and against the provider's books. */
export function checkMoney(books: MoneyBooks): Breach[] {
  const captured = capturedByPayment(books.ledger);
  return [
    ...checkJournalSums(books),
    ...checkCaptures(books, captured),
    ...checkProvider(books, captured),
  ];
}

function checkJournalSums({ cell, ledger }: MoneyBooks): Breach[] {
  const sums = new Tally();
  for (const { journalId, currency, amountMinor } of ledger) {
    sums.add(`${journalId} ${currency}`, amountMinor);
    sums.add(`all ${currency}`, amountMinor);
  }
  return [...sums.keys()].flatMap((key) => {
    const [journal = '', currency = ''] = key.split(' ');
    if (sums.of(key) === 0) return [];
    return [breach('LEDGER_UNBALANCED', { cell, journal, currency, sumMinor: sums.of(key) })];
  });
}

/** What was posted as owed by the provider, per payment and currency, and in how many journals. */
interface Captured {
  readonly journals: Tally;
  readonly amounts: Tally;
}

function capturedByPayment(ledger: readonly LedgerRow[]): Captured {
  const captured = { journals: new Tally(), amounts: new Tally() };
  for (const { kind, account, paymentId, currency, amountMinor } of ledger) {
    if (kind !== 'capture' || account !== receivable) continue;
    captured.journals.add(paymentId, 1);
    captured.amounts.add(`${paymentId} ${currency}`, amountMinor);
  }
  return captured;
}

function checkCaptures({ cell, orders, payments }: MoneyBooks, captured: Captured): Breach[] {
  const byOrder = Map.groupBy(payments, ({ orderId }) => orderId);
  return orders.flatMap(({ orderId, status, totalMinor, currency }) => {
    const own = byOrder.get(orderId) ?? [];
    const captures = own.reduce((sum, of) => sum + captured.journals.of(of.paymentId), 0);
    const amount = own.reduce(
      (sum, of) => sum + captured.amounts.of(`${of.paymentId} ${currency}`),
      0,
    );
    const row = { cell, orderId, status, captures, total: minor(totalMinor, currency) };
    if (captures > 1) return [breach('ORDER_CAPTURED_TWICE', row)];
    if (status !== 'confirmed') {
      const isEnded = status === 'refused' || status === 'declined';
      return isEnded && captures > 0 ? [breach('ENDED_ORDER_CAPTURED', row)] : [];
    }
    if (captures === 0) return [breach('CONFIRMED_ORDER_NOT_CAPTURED', row)];
    return amount === totalMinor
      ? []
      : [breach('CAPTURE_NOT_THE_TOTAL', { ...row, captured: minor(amount, currency) })];
  });
}

/** A capture whose answer we are still waiting for may be in the provider's books only. */
const undecided = new Set(['authorizing', 'authorized', 'capturing']);

function checkProvider({ cell, payments, provider }: MoneyBooks, captured: Captured): Breach[] {
  const ours = new Map(payments.map((payment) => [payment.paymentId, payment]));
  const theirs = new Map(provider.map((row) => [row.reference, row]));
  const unknown = provider.flatMap(({ reference, captures, capturedMinor, currency }) => {
    const payment = ours.get(reference);
    const row = { cell, paymentId: reference, captures, captured: minor(capturedMinor, currency) };
    return [
      ...(captures > 1 ? [breach('PROVIDER_CAPTURED_TWICE', row)] : []),
      ...(payment === undefined ? [breach('PROVIDER_KNOWS_MORE', row)] : []),
      ...(payment !== undefined && payment.state !== 'captured' && !undecided.has(payment.state)
        ? [breach('CAPTURED_AT_PROVIDER_ONLY', { ...row, state: payment.state })]
        : []),
    ];
  });
  const different = payments.flatMap(({ paymentId, state, currency }) => {
    const amount = captured.amounts.of(`${paymentId} ${currency}`);
    if (state !== 'captured' && amount === 0) return [];
    const their = theirs.get(paymentId);
    if (their?.capturedMinor === amount && their.currency === currency) return [];
    const found = their === undefined ? 'nothing' : minor(their.capturedMinor, their.currency);
    const row = { cell, paymentId, ours: minor(amount, currency), provider: found };
    return [breach('PROVIDER_DIFFERS', row)];
  });
  return [...unknown, ...different];
}
