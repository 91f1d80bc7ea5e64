import type { InvoiceField, InvoiceLaw } from '@entrepot/invoices';
import type { CountryCode } from '@entrepot/kernel';

/** Drafted from the text of the rule; counsel has not signed it yet. */
const signOff = { role: 'engineering', on: '2026-11-28' } as const;

/** Clauses (a), (c) and (h) to (n) of CGST Rule 46, as far as a sale to a consumer has them. */
const unnamed: readonly InvoiceField[] = [
  ...['issuedOn', 'seller', 'placeOfSupply', 'lines', 'taxableAmount', 'tax', 'total'],
] as InvoiceField[];

/**
 * An unregistered recipient is named from a taxable value of 50,000 rupees on (clause (e)), and below only
 * where the recipient asks for it (clause (f)), which nobody can do here yet.
 */
export const invoiceLaw: InvoiceLaw = [
  {
    ...{ legalEntity: 'entrepot-in', country: 'IN' as CountryCode, signOff },
    measuredBy: 'taxableAmount',
    tiers: [
      {
        ...{ kind: 'simplified', upToMinor: 4_999_999n, fields: unnamed },
        law: 'CGST Rules 2017, Rule 46, without clauses (e) and (f)',
      },
      {
        ...{ kind: 'full', upToMinor: undefined },
        fields: [...unnamed, 'buyerName', 'buyerAddress'],
        law: 'CGST Rules 2017, Rule 46(e)',
      },
    ],
  },
];
