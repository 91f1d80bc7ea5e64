import { isCurrencyCode, Money } from '@entrepot/kernel';

import type { VariantPrice } from '../domain/product.ts';

export function priceOf(row: {
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly priceVersion: bigint;
}): VariantPrice {
  if (!isCurrencyCode(row.currency)) throw new TypeError('a price has no ISO 4217 currency');
  return {
    amount: Money.of(row.amountMinor, row.currency),
    priceVersion: Number(row.priceVersion),
  };
}
