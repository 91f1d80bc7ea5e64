import { Injectable } from '@nestjs/common';

import type { ProductStatus } from '../domain/product.ts';
import type { EditedProduct, ProductEdit } from './catalog-writer.ts';
import { CatalogWriter } from './catalog-writer.ts';
import { Leadership } from './leadership.ts';

export interface ProductFields {
  readonly categoryId?: string | undefined;
  readonly position?: number | undefined;
  readonly status?: ProductStatus | undefined;
}

/** Moves a product in the shop, or takes it out of it. */
@Injectable()
export class UpdateProduct {
  constructor(
    private readonly writer: CatalogWriter,
    private readonly leadership: Leadership,
  ) {}

  async execute(edit: ProductEdit, fields: ProductFields): Promise<EditedProduct> {
    this.leadership.require();
    return this.writer.editProduct(edit, (parts) => parts.update(fields));
  }
}
