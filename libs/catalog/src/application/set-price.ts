import { Injectable } from '@nestjs/common';
import { DomainError } from '@entrepot/kernel';
import type { Sku } from '@entrepot/kernel';

import type { PriceDraft } from '../domain/product-draft.ts';
import { problemsOfPrice } from '../domain/product-draft.ts';
import type { EditedProduct, ProductEdit } from './catalog-writer.ts';
import { CatalogContext } from './catalog-context.ts';
import { CatalogWriter } from './catalog-writer.ts';
import { Leadership } from './leadership.ts';

/** Sets what an article costs in one market and sales channel; its price version grows by one. */
@Injectable()
export class SetPrice {
  constructor(
    private readonly writer: CatalogWriter,
    private readonly leadership: Leadership,
    private readonly context: CatalogContext,
  ) {}

  async execute(edit: ProductEdit, sku: Sku, price: PriceDraft): Promise<EditedProduct> {
    this.leadership.require();
    const fieldProblems = problemsOfPrice(price, this.context.currencies, '');
    if (fieldProblems.length > 0) {
      throw new DomainError('VALIDATION_FAILED', 'the price does not fit its market', {
        fieldProblems,
      });
    }
    return this.writer.editProduct(edit, (parts) => parts.setPrice(sku, price));
  }
}
