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

/** What a document of one kind holds in a country, as the law stands. */
export interface DocumentContent {
  readonly law: string;
  readonly fields: readonly InvoiceField[];
}

/** Undefined where the law knows no such document; the buyer's fields are left out of one that names nobody. */
export function contentOf(
  law: InvoiceLaw,
  { country, kind, namesBuyer }: { country: string; kind: InvoiceKind; namesBuyer: boolean },
): DocumentContent | undefined {
  const rule = law.find((of) => of.country === country);
  const tier = rule?.tiers.find((of) => of.kind === kind);
  return (
    tier && {
      law: tier.law,
      fields: tier.fields.filter((field) => namesBuyer || !buyerFields.has(field)),
    }
  );
}

export interface InvoiceLawDemands {
  readonly countries: readonly CountryCode[];
  readonly needsCounsel: boolean;
}

/** Why a cell may not sell to its countries by this law, one sentence each. */
export const invoiceLawProblems = (law: InvoiceLaw, demands: InvoiceLawDemands): string[] =>
  demands.countries.flatMap((country) => {
    const rules = law.filter((rule) => rule.country === country);
    const [rule] = rules;
    if (rule === undefined || rules.length > 1) {
      return [`The law of invoices has ${rules.length} rules for ${country}.`];
    }
    return [
      ...(isRising(rule) ? [] : [`The tiers of ${country} do not rise to one without a limit.`]),
      ...(rule.signOff.role === 'counsel' || !demands.needsCounsel
        ? []
        : [`The law of invoices of ${country} is not signed by counsel.`]),
    ];
  });

function isRising({ tiers }: InvoiceRule): boolean {
  const limits = tiers.map(({ upToMinor }) => upToMinor);
  const last = limits.pop();
  if (tiers.length === 0 || last !== undefined) return false;
  let before = -1n;
  return limits.every((limit) => {
    if (limit === undefined || limit <= before) return false;
    before = limit;
    return true;
  });
}
