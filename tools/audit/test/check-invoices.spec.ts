import { describe, expect, it } from '@jest/globals';
import { checkInvoices } from '../src/check-invoices.ts';
import type { InvoiceBooks } from '../src/check-invoices.ts';

const books: InvoiceBooks = {
  cell: 'in-1',
  orders: [
    { orderId: 'o1', status: 'confirmed' },
    { orderId: 'o2', status: 'declined' },
    { orderId: 'o3', status: 'authorizing' },
    { orderId: 'o4', status: 'confirmed' },
  ],
  invoices: [{ orderId: 'o1', kind: 'full' }],
  pastInvoices: ['o4'],
};

describe('The invoices of a cell', () => {
  it('are found in order', () => {
    expect(checkInvoices(books)).toEqual([]);
  });

  it('lack none of a confirmed order, unless the law had it removed', () => {
    expect(checkInvoices({ ...books, pastInvoices: [] })).toEqual([
      { code: 'CONFIRMED_WITHOUT_INVOICE', row: { cell: 'in-1', orderId: 'o4' } },
    ]);
  });

  it.each(['o2', 'o3', 'o9'])('are of no order that was not confirmed: %s', (orderId) => {
    const invoices = [...books.invoices, { orderId, kind: 'simplified' }];
    expect(checkInvoices({ ...books, invoices })).toMatchObject([
      { code: 'INVOICE_WITHOUT_SALE', row: { orderId } },
    ]);
  });
});
