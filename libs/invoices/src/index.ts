export { InvoicesApiModule, InvoicesModule } from './invoices.module.ts';
export { InvoiceSettings } from './application/invoice-settings.ts';
export type { FiscalCohort } from './application/invoice-settings.ts';
export { InvoiceStore } from './application/invoice-store.ts';
export type { SealedInvoice } from './application/invoice-store.ts';
export { IssueInvoice } from './application/issue-invoice.ts';
export type { Sale } from './application/issue-invoice.ts';
export { invoiceLawProblems } from './domain/invoice-law.ts';
export type { InvoiceField, InvoiceLaw, InvoiceRule, InvoiceTier } from './domain/invoice-law.ts';
