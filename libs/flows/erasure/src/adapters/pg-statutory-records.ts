import type { SubjectId } from '@entrepot/kernel';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { StatutoryRecords } from '../application/statutory-records.ts';

const newestNaming = statement(
  'erasure.newest_invoice_naming',
  `SELECT to_char(max(i.issued_on), 'YYYY-MM-DD') AS "issuedOn"
   FROM orders."order" o JOIN invoices.invoice i ON i.order_id = o.order_id
   WHERE o.subject_id = $1 AND i.names_buyer`,
);

/** Invoices hold no reference of their buyer: the way to them is through the orders. */
@Injectable()
export class PgStatutoryRecords extends StatutoryRecords {
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  override async newestInvoiceNaming(subject: SubjectId): Promise<string | undefined> {
    const [row] = await this.database.query<{ issuedOn: string | null }>(newestNaming, [subject]);
    return row?.issuedOn ?? undefined;
  }
}
