import type { SubjectId } from '@entrepot/kernel';

/** Under which name the invoices stand in a plan. */
export const invoiceStore = 'invoices.invoice';

/** Records that name somebody and that an erasure does not touch: they lie under a key of their own. */
export abstract class StatutoryRecords {
  /**
   * The day (ISO date) of the newest invoice that names the person; undefined where none does. Nobody can
   * say so any more once the person's orders have lost their person.
   */
  abstract newestInvoiceNaming(subject: SubjectId): Promise<string | undefined>;
}
