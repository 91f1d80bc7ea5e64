import type { CohortName, RecordPlace } from '@entrepot/platform-crypto';
import type { InvoicePlace } from './invoice-store.ts';

/** What the content of an invoice is bound to: the cohort, the order and the seller. */
export const recordPlaceOf = (place: InvoicePlace): RecordPlace => ({
  cohort: place.cohort as CohortName,
  column: 'invoices.invoice.content',
  recordId: place.invoiceId,
  boundTo: [place.orderId, place.legalEntity],
});
