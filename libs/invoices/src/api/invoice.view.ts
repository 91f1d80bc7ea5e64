import { invoiceFieldsView } from '@entrepot/contracts/api/invoices';
import type { InvoiceView } from '@entrepot/contracts/api/invoices';
import type { OpenedInvoice } from '../application/read-invoice.ts';

export const invoiceViewOf = ({ invoice, law, fields }: OpenedInvoice): InvoiceView => ({
  id: invoice.invoiceId,
  orderId: invoice.orderId,
  legalEntity: invoice.legalEntity,
  country: invoice.country,
  kind: invoice.kind,
  law,
  keptUntil: invoice.keepUntil,
  fields: invoiceFieldsView.parse(fields),
});
