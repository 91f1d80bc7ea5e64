import { Module } from '@nestjs/common';
import { InvoicesPersonalData } from './adapters/invoices-personal-data.ts';
import { PgInvoiceStore } from './adapters/pg-invoice-store.ts';
import { InvoicesController } from './api/invoices.controller.ts';
import { InvoiceStore } from './application/invoice-store.ts';
import { IssueInvoice } from './application/issue-invoice.ts';
import { ReadInvoice } from './application/read-invoice.ts';

/** Needs from the cell, provided globally: ShopDatabase, CohortCipher, Clock and InvoiceSettings. */
@Module({
  providers: [
    { provide: InvoiceStore, useClass: PgInvoiceStore },
    IssueInvoice,
    InvoicesPersonalData,
  ],
  exports: [InvoiceStore, IssueInvoice],
})
export class InvoicesModule {}

/** The API process adds the routes. */
@Module({
  imports: [InvoicesModule],
  controllers: [InvoicesController],
  providers: [ReadInvoice],
})
export class InvoicesApiModule {}
