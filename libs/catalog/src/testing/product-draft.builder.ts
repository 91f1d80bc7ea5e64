import type { Sku } from '@entrepot/kernel';

import type { LoadedProduct } from '../adapters/catalog-loader.ts';

/** Product number n of a test catalog: two sizes, two markets, three languages. */
export function testProduct(n: number, fields: Partial<LoadedProduct> = {}): LoadedProduct {
  const sizes = ['small', 'large'] as const;
  return {
    slug: `product-${n}`,
    categorySlug: 'lamps',
    position: n,
    texts: {
      en: { name: `Lantern ${n}`, summary: 'Glows softly.', description: 'Made of brass.' },
      hi: { name: `लालटेन ${n}`, summary: 'धीमी रोशनी।', description: 'पीतल से बनी।' },
      de: { name: `Laterne ${n}`, summary: 'Leuchtet sanft.', description: 'Aus Messing.' },
    },
    options: [
      {
        code: 'size',
        labels: { en: 'Size', de: 'Größe', hi: 'आकार' },
        values: sizes.map((code) => ({ code, labels: { en: code } })),
      },
    ],
    variants: sizes.map((size, position) => ({
      sku: `TEST-${n}-${size}` as Sku,
      choices: { size },
      position,
      warehouseHint: 'blr',
      prices: [
        {
          market: 'in',
          salesChannelId: 'web',
          currency: 'INR',
          amountMinor: 10_000 + 100 * n + 50 * position,
        },
        {
          market: 'eu',
          salesChannelId: 'web',
          currency: 'EUR',
          amountMinor: 1_000 + 10 * n + 5 * position,
        },
      ],
    })),
    images: [],
    ...fields,
  };
}

export const testCategories = [
  {
    slug: 'home',
    parentSlug: undefined,
    position: 0,
    texts: { en: { name: 'Home', description: '' }, de: { name: 'Zuhause', description: '' } },
  },
  {
    slug: 'lamps',
    parentSlug: 'home',
    position: 1,
    texts: { en: { name: 'Lamps', description: '' }, hi: { name: 'दीपक', description: '' } },
  },
];
