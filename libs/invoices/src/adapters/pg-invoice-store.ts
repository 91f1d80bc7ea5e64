import { DomainError } from '@entrepot/kernel';
import type { OrderId, StaffId } from '@entrepot/kernel';
import type { Transaction } from '@entrepot/platform-database';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { InvoiceStore } from '../application/invoice-store.ts';
import type { InvoicePurpose, SealedInvoice, StoredInvoice } from '../application/invoice-store.ts';

/** Raised where the reader does not hold the role. */
const roleMissing = 'PR005';

/** The buyer stays unfenced until the transaction ends, or is not named: the choice is made under that lock. */
const insert = statement(
  'invoices.insert',
  `INSERT INTO invoices.invoice (invoice_id, order_id, legal_entity, country, kind, issued_on, cohort,
     keep_until, names_buyer, content)
   SELECT $1, $2, $3, $4, $5, $6, $7, $8,
     CASE WHEN named.buyer THEN $9::boolean ELSE $10::boolean END,
     CASE WHEN named.buyer THEN $11 ELSE $12 END
   FROM (SELECT CASE WHEN $9 AND $13::text IS NOT NULL THEN privacy.stays_active($13) ELSE false END)
     AS named(buyer)
   ON CONFLICT (order_id) DO NOTHING`,
);
const read = statement(
  'invoices.read',
  `SELECT invoice_id AS "invoiceId", order_id AS "orderId", legal_entity AS "legalEntity", country, kind,
     to_char(issued_on, 'YYYY-MM-DD') AS "issuedOn", cohort,
     to_char(keep_until, 'YYYY-MM-DD') AS "keepUntil", names_buyer AS "namesBuyer", content
   FROM invoices.read_invoice($1, $2, $3)`,
);
const purge = statement(
  'invoices.purge',
  'DELETE FROM invoices.invoice WHERE cohort = ANY($1) AND keep_until < current_date',
);

@Injectable()
export class PgInvoiceStore extends InvoiceStore {
  private readonly database: ShopDatabase;

  constructor(database: ShopDatabase) {
    super();
    this.database = database;
  }

  override async insert(tx: Transaction, invoice: SealedInvoice): Promise<void> {
    const { invoiceId, orderId, legalEntity, country, kind, issuedOn, cohort } = invoice;
    const { keepUntil, whole, anonymous, buyer } = invoice;
    await tx.execute(insert, [
      ...[invoiceId, orderId, legalEntity, country, kind, issuedOn, cohort, keepUntil],
      ...[whole.namesBuyer, anonymous.namesBuyer, whole.content, anonymous.content],
      buyer ?? null,
    ]);
  }

  override async read(
    orderId: OrderId,
    { reader, purpose }: { readonly reader: StaffId; readonly purpose: InvoicePurpose },
  ): Promise<StoredInvoice | undefined> {
    const values = [orderId, reader, purpose];
    const [row] = await this.database.query<StoredInvoice>(read, values).catch(refuseWrongRole);
    return row;
  }

  override purge(cohorts: readonly string[]): Promise<number> {
    return this.database.execute(purge, [cohorts]);
  }
}

function refuseWrongRole(error: unknown): never {
  if (!(error instanceof Error && 'code' in error && error.code === roleMissing)) throw error;
  throw new DomainError('FORBIDDEN', 'only a tax officer reads invoices');
}
