import { DomainError } from '@entrepot/kernel';
import type { OrderId, StaffId } from '@entrepot/kernel';
import { CohortCipher, isTombstone } from '@entrepot/platform-crypto';
import { Injectable } from '@nestjs/common';
import type { InvoiceField } from '../domain/invoice-law.ts';
import { InvoiceStore } from './invoice-store.ts';
import type { InvoicePurpose, StoredInvoice } from './invoice-store.ts';
import { recordPlaceOf } from './place-of-invoice.ts';

/** An invoice in the clear. */
export interface OpenedInvoice {
  readonly invoice: Omit<StoredInvoice, 'content'>;
  readonly law: string;
  readonly fields: Readonly<Partial<Record<InvoiceField, unknown>>>;
}

/** Opens an invoice for a tax officer, who says why; that is written down before anything is opened. */
@Injectable()
export class ReadInvoice {
  constructor(
    private readonly store: InvoiceStore,
    private readonly cipher: CohortCipher,
  ) {}

  /** Throws NOT_FOUND, FORBIDDEN, and COHORT_ENDED once the law's time has passed. */
  async execute(
    orderId: OrderId,
    reader: StaffId,
    purpose: InvoicePurpose,
  ): Promise<OpenedInvoice> {
    const stored = await this.store.read(orderId, { reader, purpose });
    if (stored === undefined) throw new DomainError('NOT_FOUND', 'this order has no invoice');
    const { content, ...invoice } = stored;
    const text = await this.cipher.open(recordPlaceOf(stored), content);
    if (isTombstone(text)) throw new DomainError('COHORT_ENDED', `${stored.cohort} has ended`);
    const { law, fields } = JSON.parse(text) as Pick<OpenedInvoice, 'law' | 'fields'>;
    return { invoice, law, fields };
  }
}
