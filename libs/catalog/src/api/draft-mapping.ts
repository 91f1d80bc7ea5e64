import type { AddVariantBody } from '@entrepot/contracts/api/catalog';
import type { Sku } from '@entrepot/kernel';

import type { VariantDraft } from '../domain/product-draft.ts';

/** The contract has checked the form of the article number. */
export const skuOf = (text: string): Sku => text as Sku;

export const variantDraftOf = (body: AddVariantBody): VariantDraft => ({
  sku: skuOf(body.sku),
  choices: body.choices,
  position: body.position,
  warehouseHint: body.warehouseHint,
  prices: body.prices,
});
