import { Injectable } from '@nestjs/common';
import type { Sku } from '@entrepot/kernel';

import type { PriceDraft } from '../domain/product-draft.ts';
import type { EditedProduct, ProductEdit } from './catalog-writer.ts';
import { CatalogWriter } from './catalog-writer.ts';
import { Leadership } from './leadership.ts';

/** Sets what an article costs in one market and sales channel; its price version grows by one. */
@Injectable()
export class SetPrice {
  constructor(
    private readonly writer: CatalogWriter,
    private readonly leadership: Leadership,
  ) {}

  async execute(edit: ProductEdit, sku: Sku, price: PriceDraft): Promise<EditedProduct> {
    this.leadership.require();
    return this.writer.editProduct(edit, (parts) => parts.setPrice(sku, price));
  }
}
