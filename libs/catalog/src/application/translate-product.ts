import { Injectable } from '@nestjs/common';

import type { Locale } from '../domain/locale.ts';
import type { ProductTexts } from '../domain/product.ts';
import type { EditedProduct, ProductEdit } from './catalog-writer.ts';
import { CatalogWriter } from './catalog-writer.ts';
import { Leadership } from './leadership.ts';

@Injectable()
export class TranslateProduct {
  constructor(
    private readonly writer: CatalogWriter,
    private readonly leadership: Leadership,
  ) {}

  async execute(edit: ProductEdit, locale: Locale, texts: ProductTexts): Promise<EditedProduct> {
    this.leadership.require();
    return this.writer.editProduct(edit, (parts) => parts.setTexts(locale, texts));
  }
}
