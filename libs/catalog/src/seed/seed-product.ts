import { createHash } from 'node:crypto';
import type { Sku } from '@entrepot/kernel';

import type { LoadedProduct } from '../adapters/catalog-loader.ts';
import type { Locale } from '../domain/locale.ts';
import type { OptionDraft } from '../domain/product-draft.ts';
import type { Picture } from './picture.ts';
import { draw } from './picture.ts';

type Words = readonly [name: string, summary: string, description: string];

/** A way in which variants differ; `steps` adds to the price of the first value, in hundredths of it. */
export interface Axis extends OptionDraft {
  readonly steps: readonly number[];
}

export interface SeedProduct {
  readonly slug: string;
  readonly category: string;
  readonly sku: string;
  /** Where its stock is first taken in. */
  readonly warehouse: 'blr' | 'rtm';
  /** Rupees with GST and euros with VAT, of the first variant. */
  readonly inr: number;
  readonly eur: number;
  readonly axes: readonly Axis[];
  readonly picture: Picture;
  readonly en: Words;
  readonly hi: Words;
  readonly de: Words;
}

const axis = (
  code: string,
  [en, hi, de]: readonly [string, string, string],
  values: readonly (readonly [string, string, string, string, number])[],
): Axis => ({
  code,
  labels: { en, hi, de },
  values: values.map(([value, ...labels]) => ({
    code: value,
    labels: { en: labels[0], hi: labels[1], de: labels[2] },
  })),
  steps: values.map(([, , , , step]) => step),
});

export const weight = axis(
  'weight',
  ['Weight', 'वज़न', 'Gewicht'],
  [
    ['100g', '100 g', '100 ग्राम', '100 g', 0],
    ['250g', '250 g', '250 ग्राम', '250 g', 120],
  ],
);
export const size = axis(
  'size',
  ['Size', 'नाप', 'Größe'],
  [
    ['s', 'S', 'छोटा', 'S', 0],
    ['m', 'M', 'मध्यम', 'M', 0],
    ['l', 'L', 'बड़ा', 'L', 0],
  ],
);
export const format = axis(
  'format',
  ['Format', 'आकार', 'Format'],
  [
    ['small', 'Small', 'छोटा', 'Klein', 0],
    ['large', 'Large', 'बड़ा', 'Groß', 45],
  ],
);
export const blueOrRust = axis(
  'colour',
  ['Colour', 'रंग', 'Farbe'],
  [
    ['indigo', 'Indigo', 'नील', 'Indigo', 0],
    ['rust', 'Rust', 'गेरुआ', 'Rost', 0],
  ],
);
export const greenOrSand = axis(
  'colour',
  ['Colour', 'रंग', 'Farbe'],
  [
    ['moss', 'Moss', 'काई हरा', 'Moos', 0],
    ['sand', 'Sand', 'रेतीला', 'Sand', 0],
  ],
);

/** A price that looks like one: rupees end in 9, euros in 90 cents. */
const niceRupees = (amount: number) => Math.ceil(amount / 10) * 10 - 1;
const niceCents = (amount: number) => Math.ceil(amount) * 100 - 10;

/** Every combination of the values of all axes, with what it adds to the price. */
function combinations(
  axes: readonly Axis[],
): readonly { readonly choices: Record<string, string>; readonly step: number }[] {
  return axes.reduce<readonly { choices: Record<string, string>; step: number }[]>(
    (made, each) =>
      made.flatMap(({ choices, step }) =>
        each.values.map(({ code }, index) => ({
          choices: { ...choices, [each.code]: code },
          step: step + (each.steps[index] ?? 0),
        })),
      ),
    [{ choices: {}, step: 0 }],
  );
}

function textsOf(seed: SeedProduct): LoadedProduct['texts'] {
  const text = ([name, summary, description]: Words) => ({ name, summary, description });
  return { en: text(seed.en), hi: text(seed.hi), de: text(seed.de) };
}

/** The product as the loader takes it: variants, prices in both markets, and its picture drawn. */
export function loadedProductOf(seed: SeedProduct, position: number): LoadedProduct {
  const bytes = draw(seed.picture);
  const alt = Object.fromEntries(
    (['en', 'hi', 'de'] as const).map((locale: Locale) => [locale, seed[locale][0]]),
  );
  return {
    slug: seed.slug,
    categorySlug: seed.category,
    position,
    texts: textsOf(seed),
    options: seed.axes.map(({ code, labels, values }) => ({ code, labels, values })),
    variants: combinations(seed.axes).map(({ choices, step }, index) => ({
      sku: [seed.sku, ...Object.values(choices).map((code) => code.toUpperCase())].join('-') as Sku,
      choices,
      position: index,
      warehouseHint: seed.warehouse,
      prices: pricesOf(seed, step),
    })),
    images: [
      {
        contentHash: createHash('sha256').update(bytes).digest('hex'),
        mediaType: 'image/svg+xml',
        width: 400,
        height: 400,
        bytes,
        alt,
      },
    ],
  };
}

function pricesOf(seed: SeedProduct, step: number): LoadedProduct['variants'][number]['prices'] {
  const factor = 1 + step / 100;
  const rupees = niceRupees(seed.inr * factor);
  const cents = niceCents(seed.eur * factor);
  return [
    { market: 'in', salesChannelId: 'web', currency: 'INR', amountMinor: rupees * 100 },
    { market: 'eu', salesChannelId: 'web', currency: 'EUR', amountMinor: cents },
  ];
}
