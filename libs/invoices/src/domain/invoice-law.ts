import type { CountryCode } from '@entrepot/kernel';

/** What a law may want to be known of a sale to a consumer. */
export const invoiceFields = [
  'issuedOn',
  'seller',
  'lines',
  'taxableAmount',
  'tax',
  'total',
  'countryOfDelivery',
  'placeOfSupply',
  'buyerName',
  'buyerAddress',
] as const;
export type InvoiceField = (typeof invoiceFields)[number];

/** Those of which the buyer can be told. */
export const buyerFields: ReadonlySet<InvoiceField> = new Set(['buyerName', 'buyerAddress']);

/**
 * A document that a law knows: a full invoice, a simplified one, or the record that is kept where no invoice
 * has to be issued.
 */
export type InvoiceKind = 'full' | 'simplified' | 'record';

/** What a law wants up to an amount. */
export interface InvoiceTier {
  readonly kind: InvoiceKind;
  /** In minor units of the cell's currency, the last amount included; undefined for all above. */
  readonly upToMinor: bigint | undefined;
  readonly fields: readonly InvoiceField[];
  /** The article, as a lawyer cites it. */
  readonly law: string;
}

/** The rules of invoicing for what is delivered to a country. */
export interface InvoiceRule {
  /** The seller. */
  readonly legalEntity: string;
  readonly country: CountryCode;
  /** What the amounts of the tiers are compared with: the total, or the total without tax. */
  readonly measuredBy: 'total' | 'taxableAmount';
  /** Rising; the last one has no limit. */
  readonly tiers: readonly InvoiceTier[];
  /** Who has read the rule and stands for it. */
  readonly signOff: { readonly role: 'engineering' | 'counsel'; readonly on: string };
}

export type InvoiceLaw = readonly InvoiceRule[];

/** The tier that an amount falls into. */
export function tierOf(
  { tiers, measuredBy }: Pick<InvoiceRule, 'tiers' | 'measuredBy'>,
  amounts: Readonly<Record<InvoiceRule['measuredBy'], bigint>>,
): InvoiceTier {
  const amount = amounts[measuredBy];
  const tier = tiers.find(({ upToMinor }) => upToMinor === undefined || amount <= upToMinor);
  if (tier === undefined) throw new TypeError('the last tier of a rule has no limit');
  return tier;
}

/** Why the law of invoices cannot be used for these countries, one sentence each. */
export function invoiceLawProblems(law: InvoiceLaw, countries: readonly CountryCode[]): string[] {
  return countries.flatMap((country) => {
    const rules = law.filter((rule) => rule.country === country);
    if (rules.length !== 1)
      return [`The law of invoices has ${rules.length} rules for ${country}.`];
    const limits = rules.flatMap(({ tiers }) => tiers.map(({ upToMinor }) => upToMinor));
    const isRising = limits.every((limit, index) => {
      const before = index === 0 ? -1n : limits[index - 1];
      return before !== undefined && (limit === undefined || limit > before);
    });
    return isRising && limits.length > 0 && limits.at(-1) === undefined
      ? []
      : [`The tiers of ${country} do not rise to one without a limit.`];
  });
}
