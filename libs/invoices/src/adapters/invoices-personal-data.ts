import { PersonalDataOwner } from '@entrepot/kernel';
import type { ErasureOutcome, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { InvoiceSettings } from '../application/invoice-settings.ts';
import type { StoredInvoice } from '../application/invoice-store.ts';
import { contentOf } from '../domain/invoice-law.ts';

const invoicesOfSubject = statement(
  'invoices.invoices_of_subject',
  `SELECT i.invoice_id AS "invoiceId", i.order_id AS "orderId", i.legal_entity AS "legalEntity", i.country,
     i.kind, to_char(i.issued_on, 'YYYY-MM-DD') AS "issuedOn",
     to_char(i.keep_until, 'YYYY-MM-DD') AS "keepUntil", i.names_buyer AS "namesBuyer"
   FROM orders."order" o JOIN invoices.invoice i ON i.order_id = o.order_id
   WHERE o.subject_id = $1 ORDER BY i.issued_on, i.invoice_id`,
);

type InvoiceOfSubject = Omit<StoredInvoice, 'content' | 'cohort'>;

const howToAsk =
  'Sealed: only a tax officer opens it. Ask with POST /v1/me/grievances and name the order; a tax officer then gives it to you.';

/**
 * The invoices of a person's orders, as far as anybody but a tax officer may know them: that they are there,
 * what they hold, under which law and until when (GDPR Article 15(1)). Invoices hold no reference of their
 * buyer: the way to them is through the orders, so an erasure leaves none that leads to the person, and what
 * stays is planned as a statutory record.
 */
@Injectable()
export class InvoicesPersonalData extends PersonalDataOwner {
  override readonly tables: readonly string[] = [];

  constructor(
    private readonly database: ShopDatabase,
    private readonly settings: InvoiceSettings,
  ) {
    super();
  }

  override async exportFor(subject: SubjectId): Promise<PersonalDataExtract[]> {
    const invoices = await this.database.query<InvoiceOfSubject>(invoicesOfSubject, [subject]);
    return [{ section: 'invoices', records: invoices.map((invoice) => this.recordOf(invoice)) }];
  }

  override erase(): Promise<ErasureOutcome[]> {
    return Promise.resolve([]);
  }

  private recordOf(invoice: InvoiceOfSubject) {
    const { invoiceId, keepUntil, namesBuyer, ...facts } = invoice;
    const content = contentOf(this.settings.law, invoice);
    return {
      ...{ id: invoiceId, ...facts, keptUntil: keepUntil, namesYou: namesBuyer },
      ...{ law: content?.law ?? null, holds: content?.fields ?? null, content: howToAsk },
    };
  }
}
