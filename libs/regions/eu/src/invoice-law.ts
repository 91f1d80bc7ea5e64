import type { InvoiceField, InvoiceLaw, InvoiceRule } from '@entrepot/invoices';
import type { CountryCode } from '@entrepot/kernel';
import { standardVatRates } from './standard-vat-rates.ts';

const legalEntity = 'entrepot-eu';
/** The member state in which the seller is established, and whose one-stop shop it uses. */
const seat = 'DE' as CountryCode;
/** Drafted from the texts that each tier names; counsel has signed none of them yet. */
const signOff = { role: 'engineering', on: '2026-11-28' } as const;

/** Article 226b of the VAT Directive, § 33 UStDV: what a small invoice holds. It names no buyer. */
const simplified: readonly InvoiceField[] = ['issuedOn', 'seller', 'lines', 'tax', 'total'];
/** Article 226 of the VAT Directive, § 14(4) UStG. */
const full: readonly InvoiceField[] = [
  ...['issuedOn', 'seller', 'buyerName', 'buyerAddress', 'lines'],
  ...['taxableAmount', 'tax', 'total'],
] as InvoiceField[];
/** Article 63c of Implementing Regulation (EU) 282/2011, as far as it asks something of a sale to a consumer. */
const record: readonly InvoiceField[] = [
  ...['issuedOn', 'seller', 'countryOfDelivery', 'lines', 'taxableAmount', 'tax', 'total'],
] as InvoiceField[];

/**
 * Member states let invoices up to 100 EUR be simplified (Article 220a) and may do so up to 400 EUR
 * (Article 238(1)(a)); Germany does up to 250 EUR, tax included.
 */
const domestic: InvoiceRule = {
  ...{ legalEntity, country: seat, measuredBy: 'total', signOff },
  tiers: [
    {
      ...{ kind: 'simplified', upToMinor: 25_000n, fields: simplified },
      law: '§ 33 UStDV; VAT Directive 2006/112/EC, Article 226b',
    },
    {
      ...{ kind: 'full', upToMinor: undefined, fields: full },
      law: '§ 14(4) UStG; VAT Directive 2006/112/EC, Article 226',
    },
  ],
};

/**
 * Distance sales to consumers under the Union scheme: no invoice has to be issued (Article 220(1)(2)), and a
 * simplified one may not take its place (Article 220a(2), § 33 UStDV); a record is kept, which names no buyer
 * whatever the amount.
 */
const distanceSales = (country: CountryCode): InvoiceRule => ({
  ...{ legalEntity, country, measuredBy: 'total', signOff },
  tiers: [
    {
      ...{ kind: 'record', upToMinor: undefined, fields: record },
      law: 'VAT Directive 2006/112/EC, Article 369k; Implementing Regulation (EU) 282/2011, Article 63c',
    },
  ],
});

/** What is kept of a sale, by country of delivery. */
export const invoiceLaw: InvoiceLaw = [
  domestic,
  ...[...standardVatRates.keys()].filter((country) => country !== seat).map(distanceSales),
];
