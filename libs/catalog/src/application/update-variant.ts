import { Injectable } from '@nestjs/common';
import type { Sku } from '@entrepot/kernel';

import type { ProductStatus } from '../domain/product.ts';
import type { EditedProduct, ProductEdit } from './catalog-writer.ts';
import { CatalogWriter } from './catalog-writer.ts';
import { Leadership } from './leadership.ts';

export interface VariantFields {
  readonly position?: number | undefined;
  readonly status?: ProductStatus | undefined;
}

@Injectable()
export class UpdateVariant {
  constructor(
    private readonly writer: CatalogWriter,
    private readonly leadership: Leadership,
  ) {}

  async execute(edit: ProductEdit, sku: Sku, fields: VariantFields): Promise<EditedProduct> {
    this.leadership.require();
    return this.writer.editProduct(edit, (parts) => parts.updateVariant(sku, fields));
  }
}
