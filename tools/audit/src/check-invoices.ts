import type { Breach } from './breach.ts';
import { breach } from './breach.ts';
import type { OrderRow } from './check-orders.ts';

export interface InvoiceRow {
  readonly orderId: string;
  readonly kind: string;
}

export interface InvoiceBooks {
  readonly cell: string;
  readonly orders: readonly Pick<OrderRow, 'orderId' | 'status'>[];
  readonly invoices: readonly InvoiceRow[];
  /** Orders that were confirmed so long ago that the law may have had their invoices removed. */
  readonly pastInvoices: readonly string[];
}

/** A sale is confirmed together with its invoice, or neither is: there is none of the one without the other. */
export function checkInvoices({ cell, orders, invoices, pastInvoices }: InvoiceBooks): Breach[] {
  const kindOf = new Map(invoices.map(({ orderId, kind }) => [orderId, kind]));
  const statusOf = new Map(orders.map(({ orderId, status }) => [orderId, status]));
  const past = new Set(pastInvoices);
  const missing = orders.flatMap(({ orderId, status }) => {
    const isMissing = status === 'confirmed' && !kindOf.has(orderId) && !past.has(orderId);
    return isMissing ? [breach('CONFIRMED_WITHOUT_INVOICE', { cell, orderId })] : [];
  });
  const unsold = invoices.flatMap(({ orderId, kind }) => {
    const status = statusOf.get(orderId) ?? 'none';
    const row = { cell, orderId, kind, status };
    return status === 'confirmed' ? [] : [breach('INVOICE_WITHOUT_SALE', row)];
  });
  return [...missing, ...unsold];
}
