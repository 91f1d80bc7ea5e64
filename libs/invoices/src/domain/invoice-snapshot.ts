import { buyerFields } from './invoice-law.ts';
import type { InvoiceField, InvoiceKind, InvoiceRule } from './invoice-law.ts';
import { tierOf } from './invoice-law.ts';

/** Who bought, as far as any law may want to know. */
export interface Buyer {
  readonly name: string;
  /** In the order in which it is written. */
  readonly address: readonly string[];
  /** State or province. */
  readonly subdivision: string | undefined;
}

export interface SoldLine {
  readonly sku: string;
  readonly quantity: number;
  /** Decimal digits, in minor units. */
  readonly totalMinor: string;
  readonly taxMinor: string;
  readonly taxRateBasisPoints: number;
}

/** Everything that is known of a sale at the moment of its confirmation. */
export interface SaleFacts {
  /** ISO date. */
  readonly issuedOn: string;
  readonly seller: string;
  readonly country: string;
  readonly currency: string;
  readonly lines: readonly SoldLine[];
  readonly totalMinor: bigint;
  readonly taxMinor: bigint;
  /** Undefined once the buyer is erased. */
  readonly buyer: Buyer | undefined;
}

/** What stays of a sale for the tax authority. */
export interface InvoiceSnapshot {
  readonly kind: InvoiceKind;
  readonly law: string;
  readonly namesBuyer: boolean;
  /** The fields of the law and no other; what the law wants and nobody knows any more is null. */
  readonly fields: Readonly<Partial<Record<InvoiceField, unknown>>>;
}

/** Picks what the law names for this country and amount. */
export function snapshotOf(rule: InvoiceRule, facts: SaleFacts): InvoiceSnapshot {
  const taxableAmount = facts.totalMinor - facts.taxMinor;
  const tier = tierOf(rule, { total: facts.totalMinor, taxableAmount });
  const known = valuesOf(facts, taxableAmount);
  const namesBuyer =
    facts.buyer !== undefined && tier.fields.some((field) => buyerFields.has(field));
  return {
    kind: tier.kind,
    law: tier.law,
    namesBuyer,
    fields: Object.fromEntries(tier.fields.map((field) => [field, known[field]])),
  };
}

/** The same sale with nobody in it: what is written once its buyer is fenced. */
export const withoutBuyer = (facts: SaleFacts): SaleFacts => ({ ...facts, buyer: undefined });

function valuesOf(facts: SaleFacts, taxableAmount: bigint): Record<InvoiceField, unknown> {
  const { issuedOn, seller, country, currency, lines, totalMinor, taxMinor, buyer } = facts;
  const money = (minor: bigint) => ({ amountMinor: String(minor), currency });
  return {
    ...{ issuedOn, seller, lines },
    taxableAmount: money(taxableAmount),
    tax: money(taxMinor),
    total: money(totalMinor),
    countryOfDelivery: country,
    placeOfSupply: buyer?.subdivision ?? null,
    buyerName: buyer?.name ?? null,
    buyerAddress: buyer?.address ?? null,
  };
}
