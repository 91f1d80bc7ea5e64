import type { FieldProblem, Sku } from '@entrepot/kernel';

import type { ByLocale } from './locale.ts';
import type { OptionValue, ProductTexts } from './product.ts';

export interface PriceDraft {
  readonly market: string;
  readonly salesChannelId: string;
  readonly currency: string;
  readonly amountMinor: number;
}

export interface VariantDraft {
  readonly sku: Sku;
  readonly choices: Readonly<Record<string, string>>;
  readonly position: number;
  readonly warehouseHint?: string | undefined;
  readonly prices: readonly PriceDraft[];
}

export interface OptionDraft {
  readonly code: string;
  readonly labels: ByLocale<string>;
  readonly values: readonly OptionValue[];
}

/** A product as a merchandiser describes it. */
export interface ProductDraft {
  readonly slug: string;
  readonly categoryId: string;
  readonly position: number;
  readonly texts: ByLocale<ProductTexts>;
  readonly options: readonly OptionDraft[];
  readonly variants: readonly VariantDraft[];
}

const problem = (path: string, code: string, message: string): FieldProblem => ({
  path,
  code,
  message,
});

const repeated = (values: readonly string[]): ReadonlySet<string> =>
  new Set(values.filter((value, index) => values.indexOf(value) !== index));

/** The currency of each market that a cell sells in. */
export type MarketCurrencies = ReadonlyMap<string, string>;

/** A market counts in one currency, or amounts of two would have to be added. */
export function problemsOfPrice(
  { market, currency }: Pick<PriceDraft, 'market' | 'currency'>,
  currencies: MarketCurrencies,
  path: string,
): readonly FieldProblem[] {
  const expected = currencies.get(market);
  if (expected === currency) return [];
  return expected === undefined
    ? [problem(`${path}market`, 'UNKNOWN_MARKET', 'no cell sells in this market')]
    : [problem(`${path}currency`, 'WRONG_CURRENCY', `prices of this market are in ${expected}`)];
}

/** Everything that is wrong between the parts of a draft; each part alone was checked by its schema. */
export function problemsOfDraft(
  draft: ProductDraft,
  currencies: MarketCurrencies,
): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const option of repeated(draft.options.map(({ code }) => code))) {
    problems.push(problem('options', 'REPEATED', `the option ${option} is there twice`));
  }
  for (const sku of repeated(draft.variants.map((variant) => variant.sku))) {
    problems.push(problem('variants', 'REPEATED', `the article number ${sku} is there twice`));
  }
  const combinations = draft.variants.map((variant) => combinationOf(variant, draft.options));
  if (repeated(combinations).size > 0) {
    problems.push(problem('variants', 'REPEATED', 'two variants have the same options'));
  }
  for (const [index, variant] of draft.variants.entries()) {
    const place = { options: draft.options, currencies, path: `variants/${index}` };
    problems.push(...problemsOfVariant(variant, place));
  }
  return problems;
}

/** A variant chooses one value of every option of its product, and has one price per market. */
export function problemsOfVariant(
  variant: VariantDraft,
  {
    options,
    currencies,
    path,
  }: {
    readonly options: readonly OptionDraft[];
    readonly currencies: MarketCurrencies;
    readonly path: string;
  },
): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const option of options) {
    const chosen = variant.choices[option.code];
    if (!option.values.some((value) => value.code === chosen)) {
      const at = `${path}/choices/${option.code}`;
      problems.push(problem(at, 'UNKNOWN_VALUE', 'must be one of the values of the option'));
    }
  }
  const known = new Set(options.map((option) => option.code));
  for (const code of Object.keys(variant.choices).filter((choice) => !known.has(choice))) {
    const at = `${path}/choices/${code}`;
    problems.push(problem(at, 'UNKNOWN_OPTION', 'the product has no such option'));
  }
  for (const [index, price] of variant.prices.entries()) {
    problems.push(...problemsOfPrice(price, currencies, `${path}/prices/${index}/`));
  }
  const places = variant.prices.map((price) => `${price.market}/${price.salesChannelId}`);
  if (repeated(places).size > 0) {
    problems.push(problem(`${path}/prices`, 'REPEATED', 'a market and channel has one price'));
  }
  return problems;
}

const combinationOf = (variant: VariantDraft, options: readonly OptionDraft[]): string =>
  options.map((option) => variant.choices[option.code] ?? '').join('/');
