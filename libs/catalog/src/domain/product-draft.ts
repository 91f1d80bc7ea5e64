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

/** Everything that is wrong between the parts of a draft; each part alone was checked by its schema. */
export function problemsOfDraft(draft: ProductDraft): readonly FieldProblem[] {
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
    problems.push(...problemsOfVariant(variant, draft.options, `variants/${index}`));
  }
  return problems;
}

/** A variant chooses one value of every option of its product, and has one price per market. */
export function problemsOfVariant(
  variant: VariantDraft,
  options: readonly OptionDraft[],
  path: string,
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
  const places = variant.prices.map((price) => `${price.market}/${price.salesChannelId}`);
  if (repeated(places).size > 0) {
    problems.push(problem(`${path}/prices`, 'REPEATED', 'a market and channel has one price'));
  }
  return problems;
}

const combinationOf = (variant: VariantDraft, options: readonly OptionDraft[]): string =>
  options.map((option) => variant.choices[option.code] ?? '').join('/');
