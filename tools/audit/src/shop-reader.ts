import { isCanaryOrder } from '@entrepot/inventory/model';
import type { ErasureBooks } from './check-erasures.ts';
import type { Refusal, StockLevel } from './check-refusals.ts';
import type { OrderBooks } from './check-orders.ts';
import type { InvoiceRow } from './check-invoices.ts';
import type { LedgerRow, PaymentRow } from './check-money.ts';
import type { StockBooks } from './check-stock.ts';
import { inSnapshot } from './snapshot.ts';
import type { Reader } from './snapshot.ts';

export interface ShopBooks {
  readonly stock: StockBooks;
  readonly orders: OrderBooks;
  readonly payments: readonly PaymentRow[];
  readonly ledger: readonly LedgerRow[];
  readonly invoices: readonly InvoiceRow[];
  /** Confirmed so long ago that the law may have had their invoices removed. */
  readonly pastInvoices: readonly string[];
  readonly refusals: readonly Refusal[];
  /** Grants given to other cells, ever. */
  readonly borrows: number;
  readonly erasures: ErasureBooks;
}

const poolsSql = `
SELECT e.pool_id AS pool, s.home_cell AS home, e.minted::float8, e.applied::float8, e.free::float8,
  e.held::float8, e.sold::float8, e.shipped::float8, e.granted::float8,
  e.written_off::float8 AS "writtenOff", e.transferred::float8, e.deficit::float8,
  e.safety::float8, e.quarantine::float8, e.suspense::float8
FROM inventory.escrow e JOIN inventory.stock_pool s USING (pool_id) WHERE e.stripe = 0`;

const channelsSql = `
SELECT pool_id AS pool, peer, granted_total::float8 AS granted, applied_total::float8 AS applied,
  peer_acked_total::float8 AS acked FROM inventory.quota_channel`;

const journalSql = `
SELECT pool_id AS pool, movement, sum(quantity)::float8 AS units,
  CASE WHEN movement IN ('GRANT', 'GRANT_FROM_SUSPENSE', 'GRANT_FROM_DEFICIT', 'APPLY',
    'APPLY_TO_SUSPENSE') THEN reference END AS peer
FROM inventory.escrow_journal GROUP BY 1, 2, 4`;

const reservationsSql = `
SELECT order_id AS "orderId", pool_id AS pool, split_part(pool_id, '/', 2) AS sku, state,
  quantity::float8 AS units
FROM inventory.reservation`;

const ordersSql = `
SELECT order_id AS "orderId", status, currency, total_minor::float8 AS "totalMinor"
FROM orders."order"`;

const cartsSql = `
SELECT cart_id AS "cartId", status, order_id AS "orderId" FROM carts.cart
WHERE status IN ('ordering', 'ordered')`;

const linesSql = `
SELECT order_id AS "orderId", sku, sum(quantity)::float8 AS units
FROM orders.order_line WHERE state = 'ordered' GROUP BY 1, 2`;

const paymentsSql = `
SELECT payment_id AS "paymentId", order_id AS "orderId", state, currency,
  amount_minor::float8 AS "amountMinor"
FROM payments.payment`;

const ledgerSql = `
SELECT j.journal_id AS "journalId", j.kind, j.payment_id AS "paymentId", e.account, e.currency,
  e.amount_minor::float8 AS "amountMinor"
FROM payments.journal j JOIN payments.ledger_entry e USING (journal_id)`;

const invoicesSql = `
SELECT order_id AS "orderId", kind FROM invoices.invoice`;

// no law of ours has an invoice kept for less than 72 months
const pastInvoicesSql = `
SELECT order_id AS "orderId" FROM orders."order"
WHERE status = 'confirmed' AND confirmed_at < now() - interval '71 months'`;

// the process that refuses counts in milliseconds, the journal in microseconds: up to one is lost
const refusalsSql = `
SELECT pool_id AS pool, quantity::float8, (extract(epoch FROM started_at) * 1000000)::float8
  AS "startedAt", (extract(epoch FROM ended_at) * 1000000)::float8 + 1000 AS "endedAt"
FROM inventory.stock_refusal ORDER BY seq`;

const borrowsSql = `
SELECT coalesce(sum(grants), 0)::float8 AS borrows FROM inventory.quota_channel`;

const erasuresSql = `
SELECT request_id AS "requestId", version FROM privacy.erasure_request`;

const erasureEventsSql = `
SELECT request_id AS "requestId", seq, action, actor, detail, at,
  encode(prev_hash, 'hex') AS "prevHash", encode(hash, 'hex') AS "hash"
FROM privacy.erasure_event ORDER BY request_id, seq`;

// A batch notes when it began and may have waited for the pool: its time is at least its predecessor's.
const levelsSql = `
SELECT pool_id AS pool,
  (extract(epoch FROM max(recorded_at) OVER w) * 1000000)::float8 AS at,
  (sum(CASE WHEN movement IN ('MINT', 'APPLY', 'RELEASE', 'EXPIRE', 'CANCEL', 'CLEAR',
      'FREE_SAFETY', 'RESOLVE') THEN quantity
    WHEN movement IN ('RESERVE', 'GRANT', 'WRITE_OFF', 'SET_ASIDE', 'KEEP_SAFE', 'TRANSFER',
      'READOPT', 'SETTLE') THEN -quantity ELSE 0 END) OVER w)::float8
    AS free,
  (sum(CASE WHEN movement IN ('GRANT', 'GRANT_FROM_SUSPENSE', 'GRANT_FROM_DEFICIT')
    THEN quantity ELSE 0 END) OVER w)::float8 AS granted,
  (sum(CASE WHEN movement IN ('APPLY', 'APPLY_TO_SUSPENSE')
    THEN quantity ELSE 0 END) OVER w)::float8 AS applied
FROM inventory.escrow_journal WHERE pool_id = ANY ($1)
WINDOW w AS (PARTITION BY pool_id ORDER BY seq)
ORDER BY pool_id, seq`;

type EventRow = Omit<ErasureBooks['events'][number], 'detail' | 'prevHash'> & {
  readonly detail: string | null;
  readonly prevHash: string | null;
};

async function readErasures(read: Reader): Promise<ErasureBooks> {
  const events = await read<EventRow>(erasureEventsSql);
  return {
    requests: await read(erasuresSql),
    events: events.map(({ detail, prevHash, ...event }) => ({
      ...event,
      detail: detail ?? undefined,
      prevHash: prevHash ?? undefined,
    })),
  };
}

type JournalRow = Omit<StockBooks['journal'][number], 'peer'> & { readonly peer: string | null };
type ReservationRow = OrderBooks['reservations'][number] & StockBooks['reservations'][number];

/** Everything the checks of one cell need. Reads rows and journals, never the views of their owners. */
export const readShop = (url: string, cell: string): Promise<ShopBooks> =>
  inSnapshot(url, async (read) => {
    const reservations = await read<ReservationRow>(reservationsSql);
    const [of] = await read<{ borrows: number }>(borrowsSql);
    const journal = await read<JournalRow>(journalSql);
    const past = await read<{ orderId: string }>(pastInvoicesSql);
    return {
      stock: {
        cell,
        pools: await read(poolsSql),
        channels: await read(channelsSql),
        journal: journal.map((row) => ({ ...row, peer: row.peer ?? undefined })),
        reservations,
      },
      orders: {
        cell,
        orders: await read(ordersSql),
        carts: await read(cartsSql),
        lines: await read(linesSql),
        // a canary has a reservation and no order
        reservations: reservations.filter(({ orderId }) => !isCanaryOrder(orderId)),
      },
      payments: await read(paymentsSql),
      ledger: await read(ledgerSql),
      invoices: await read(invoicesSql),
      pastInvoices: past.map(({ orderId }) => orderId),
      refusals: await read(refusalsSql),
      borrows: of?.borrows ?? 0,
      erasures: await readErasures(read),
    };
  });

/** Every level that the pools ever had in this cell, rebuilt from the journal, by pool and time. */
export const readLevels = (url: string, pools: readonly string[]): Promise<StockLevel[]> =>
  inSnapshot(url, (read) => read<StockLevel>(levelsSql, [pools]));
