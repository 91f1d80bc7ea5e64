import { describe, expect, it } from '@jest/globals';
import type { Sku } from '@entrepot/kernel';

import { problemsOfDraft } from './product-draft.ts';
import type { ProductDraft, VariantDraft } from './product-draft.ts';

const variant = (sku: string, size: string): VariantDraft => ({
  sku: sku as Sku,
  choices: { size },
  position: 0,
  prices: [],
});
const draft = (fields: Partial<ProductDraft>): ProductDraft => ({
  slug: 'lamp',
  categoryId: 'cat_1',
  position: 0,
  texts: {},
  options: [{ code: 'size', labels: {}, values: ['s', 'm'].map((code) => ({ code, labels: {} })) }],
  variants: [variant('A', 's'), variant('B', 'm')],
  ...fields,
});
const currencies = new Map([
  ['in', 'INR'],
  ['eu', 'EUR'],
]);
const found = (fields: Partial<ProductDraft>) =>
  problemsOfDraft(draft(fields), currencies).map(({ path, code }) => `${path} ${code}`);

describe('problemsOfDraft', () => {
  it('finds nothing in a product whose parts fit', () => {
    expect(found({})).toEqual([]);
  });

  it('finds article numbers and combinations that are there twice', () => {
    expect(found({ variants: [variant('A', 's'), variant('A', 's')] })).toEqual([
      'variants REPEATED',
      'variants REPEATED',
    ]);
  });

  it('finds values and options that the product does not have', () => {
    const strange = { ...variant('A', 'xl'), choices: { size: 'xl', colour: 'red' } };
    expect(found({ variants: [strange] })).toEqual([
      'variants/0/choices/size UNKNOWN_VALUE',
      'variants/0/choices/colour UNKNOWN_OPTION',
    ]);
  });

  it('finds two prices for one market and channel', () => {
    const price = { market: 'in', salesChannelId: 'web', currency: 'INR', amountMinor: 1 };
    const variants = [{ ...variant('A', 's'), prices: [price, price] }];
    expect(found({ variants })).toEqual(['variants/0/prices REPEATED']);
  });

  it('finds prices in another currency than that of their market, and for no market', () => {
    const price = { market: 'in', salesChannelId: 'web', currency: 'EUR', amountMinor: 1 };
    const prices = [price, { ...price, market: 'eu' }, { ...price, market: 'us' }];
    expect(found({ variants: [{ ...variant('A', 's'), prices }] })).toEqual([
      'variants/0/prices/0/currency WRONG_CURRENCY',
      'variants/0/prices/2/market UNKNOWN_MARKET',
    ]);
  });
});
