import type { CountryCode } from '@entrepot/kernel';
import type { DataCategory, RetentionLaw, RetentionRule } from '@entrepot/privacy';
import { standardVatRates } from './standard-vat-rates.ts';

const legalEntity = 'entrepot-eu';
/** Drafted from the texts that each rule names; counsel has signed none of them yet. */
const signOff = { role: 'engineering', on: '2026-11-28' } as const;
/** The day from which the General Data Protection Regulation applies (its Article 99(2)). */
const gdprSince = '2018-05-25';

interface Shredded {
  readonly leaves: 'nothing' | 'facts';
  readonly law: string;
  readonly spec: string;
}

const gone: Shredded = {
  leaves: 'nothing',
  law: 'GDPR Article 17(1)',
  spec: 'makes every stolen copy unreadable at once, and for ever after the window',
};
/** What was sold and paid names nobody once the person is cut off. */
const books: Shredded = {
  leaves: 'facts',
  law: 'GDPR Article 17(1); what stays names nobody (Recital 26)',
  spec: 'leaves what was sold, and not to whom',
};
/** That a request was carried out has to be shown for years: references and instants only. */
const record: Shredded = {
  leaves: 'facts',
  law: 'GDPR Article 5(2)',
  spec: 'makes every stolen copy unreadable at once, and for ever after the window',
};

/** Copies, decisions and who looked: they are about the person and go with the person. */
const traces: Shredded = {
  ...gone,
  spec: 'leaves nothing of exports, consents and the access log behind an erasure',
};

const shredded: Partial<Record<DataCategory, Shredded>> = {
  ...{ account: gone, address: gone, session: gone, cart: gone, login: gone },
  ...{ request_key: gone, staff_login: gone, order: books, payment: books, erasure_record: record },
  ...{ rights_request: traces, consent: traces, access_record: traces },
};

const rulesOf = (country: CountryCode): RetentionRule[] =>
  Object.entries(shredded).map(([category, rule]) => ({
    ...{ legalEntity, country, category: category as DataCategory, action: 'shred-now', ...rule },
    ...{ version: 1, inForceSince: gdprSince, signOff },
  }));

/**
 * Invoices of a German seller: 8 years from the end of the calendar year since 1 January 2025 (§ 147(3) AO,
 * § 257(4) HGB, § 14b(1) UStG as amended by the Viertes Bürokratieentlastungsgesetz).
 */
const germanInvoices: RetentionRule = {
  ...{ legalEntity, country: 'DE' as CountryCode, category: 'invoice', action: 'retain-until' },
  period: { months: 96, from: 'end_of_calendar_year' },
  law: '§ 147(3) AO, § 257(4) HGB, § 14b(1) UStG',
  ...{ cohort: 'entrepot-eu', fields: [], version: 1, inForceSince: '2025-01-01', signOff },
  spec: 'keeps a German invoice to the end of the eighth year after it',
};

/** Records of what the one-stop shop is used for: ten years from the end of the year of the sale. */
const oneStopShopRecords = (country: CountryCode): RetentionRule => ({
  ...{ legalEntity, country, category: 'invoice', action: 'retain-until' },
  period: { months: 120, from: 'end_of_calendar_year' },
  law: 'VAT Directive 2006/112/EC, Article 369k(2)',
  ...{ cohort: 'entrepot-eu-oss', fields: [], version: 1, inForceSince: '2021-07-01', signOff },
  spec: 'keeps a record of the one-stop shop to the end of the tenth year after it',
});

/** What erasure does with each category in each member state. */
export const retentionLaw: RetentionLaw = [
  ...[...standardVatRates.keys()].flatMap(rulesOf),
  ...[...standardVatRates.keys()].filter((country) => country !== 'DE').map(oneStopShopRecords),
  germanInvoices,
];
