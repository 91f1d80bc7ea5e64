import type { InvoiceId, OrderId, StaffId, SubjectId } from '@entrepot/kernel';
import type { CohortCiphertext } from '@entrepot/platform-crypto';
import { CohortRecords } from '@entrepot/platform-crypto';
import type { Transaction } from '@entrepot/platform-database';
import type { InvoiceKind } from '../domain/invoice-law.ts';

/** Where the content of an invoice stands and under what it opens. */
export interface InvoicePlace {
  readonly invoiceId: InvoiceId;
  readonly orderId: OrderId;
  readonly legalEntity: string;
  readonly cohort: string;
}

/** Content as it is stored, and whether the buyer is named in it. */
export interface SealedContent {
  readonly content: CohortCiphertext;
  readonly namesBuyer: boolean;
}

/** An invoice as it is written. */
export interface SealedInvoice extends InvoicePlace {
  readonly country: string;
  readonly kind: InvoiceKind;
  /** ISO dates. */
  readonly issuedOn: string;
  readonly keepUntil: string;
  /** Undefined where the order has none any more. Not stored. */
  readonly buyer: SubjectId | undefined;
  readonly whole: SealedContent;
  /** What is written in its place where the buyer is fenced meanwhile. */
  readonly anonymous: SealedContent;
}

/** An invoice as it is stored. */
export interface StoredInvoice extends InvoicePlace {
  readonly country: string;
  readonly kind: InvoiceKind;
  readonly issuedOn: string;
  readonly keepUntil: string;
  readonly namesBuyer: boolean;
  readonly content: string;
}

/** Why somebody reads an invoice; `access_request` where the buyer asks for it (GDPR Article 15(3)). */
export const invoicePurposes = [
  'tax_return',
  'tax_audit',
  'credit_note',
  'access_request',
] as const;
export type InvoicePurpose = (typeof invoicePurposes)[number];

export abstract class InvoiceStore extends CohortRecords {
  /** Writes the invoice of an order unless it has one. */
  abstract insert(tx: Transaction, invoice: SealedInvoice): Promise<void>;
  /**
   * The invoice of an order; that it was read, by whom and why is written in the same statement. Throws
   * FORBIDDEN where the reader is no tax officer now.
   */
  abstract read(
    orderId: OrderId,
    reading: { readonly reader: StaffId; readonly purpose: InvoicePurpose },
  ): Promise<StoredInvoice | undefined>;
}
