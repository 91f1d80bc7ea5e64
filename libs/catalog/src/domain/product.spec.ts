import { describe, expect, it } from '@jest/globals';
import type { CategoryId, CurrencyCode, ProductId, Sku, VariantId } from '@entrepot/kernel';
import { Money } from '@entrepot/kernel';

import { priceRange, variantsForSale } from './product.ts';
import type { PricedVariant, Product, Variant } from './product.ts';

const variant = (minor: number | undefined, currency = 'INR'): Variant => ({
  id: 'var_1' as VariantId,
  sku: 'SKU-1' as Sku,
  status: 'ACTIVE',
  choices: {},
  price:
    minor === undefined
      ? undefined
      : { amount: Money.of(minor, currency as CurrencyCode), priceVersion: 1 },
});
const product = (fields: Partial<Product>): Product => ({
  id: 'prd_1' as ProductId,
  slug: 'lamp',
  status: 'ACTIVE',
  categoryId: 'cat_1' as CategoryId,
  version: 1,
  updatedAt: new Date(0),
  texts: {},
  options: [],
  variants: [],
  images: [],
  ...fields,
});

describe('variantsForSale', () => {
  it('leaves out what is archived or has no price here', () => {
    const archived: Variant = { ...variant(5), status: 'ARCHIVED' };
    const variants = [variant(3), archived, variant(undefined)];
    expect(variantsForSale(product({ variants }))).toEqual([variants[0]]);
    expect(variantsForSale(product({ variants, status: 'ARCHIVED' }))).toEqual([]);
  });
});

describe('priceRange', () => {
  it('spans the lowest and the highest price', () => {
    const range = priceRange([variant(30), variant(10), variant(20)] as PricedVariant[]);
    expect([range?.from.amountMinor, range?.to.amountMinor]).toEqual([10n, 30n]);
    expect(priceRange([])).toBeUndefined();
  });

  it('refuses to compare two currencies', () => {
    expect(() => priceRange([variant(1), variant(1, 'EUR')] as PricedVariant[])).toThrow(TypeError);
  });
});
