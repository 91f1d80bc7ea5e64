import { Injectable } from '@nestjs/common';
import type { CategoryId } from '@entrepot/kernel';

import type { CategoryTexts } from '../domain/category-tree.ts';
import type { Locale } from '../domain/locale.ts';
import { CatalogWriter } from './catalog-writer.ts';
import { Leadership } from './leadership.ts';

@Injectable()
export class TranslateCategory {
  constructor(
    private readonly writer: CatalogWriter,
    private readonly leadership: Leadership,
  ) {}

  async execute(
    categoryId: CategoryId,
    locale: Locale,
    texts: CategoryTexts,
  ): Promise<{ readonly treeVersion: number }> {
    this.leadership.require();
    return this.writer.translateCategory(categoryId, locale, texts);
  }
}
