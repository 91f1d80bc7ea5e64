import type { CellId, CountryCode } from '@entrepot/kernel';
import type { InvoiceLaw } from '../domain/invoice-law.ts';

/** Records that end together, and when. */
export interface FiscalCohort {
  readonly name: string;
  /** ISO date of the last day. */
  readonly endsOn: string;
}

/** What invoices depend on: the cell, the law of its region, and how long each is kept. */
export class InvoiceSettings {
  readonly cell: CellId;
  /** Countries that the cell delivers to; the first stands for a sale of which nobody knows any more. */
  readonly countries: readonly CountryCode[];
  readonly law: InvoiceLaw;
  /** The day of an instant in the calendar of the cell, as an ISO date. */
  readonly dayOf: (at: Date) => string;
  /** Where what is issued on a day (ISO date) for a country goes; undefined where no law has it kept. */
  readonly cohortOf: (country: CountryCode, day: string) => FiscalCohort | undefined;

  constructor(settings: InvoiceSettings) {
    this.cell = settings.cell;
    this.countries = settings.countries;
    this.law = settings.law;
    this.dayOf = settings.dayOf;
    this.cohortOf = settings.cohortOf;
  }
}
