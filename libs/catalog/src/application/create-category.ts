import { Injectable } from '@nestjs/common';
import type { CategoryId } from '@entrepot/kernel';

import type { CategoryDraft } from './catalog-writer.ts';
import { CatalogWriter } from './catalog-writer.ts';
import { Leadership } from './leadership.ts';

@Injectable()
export class CreateCategory {
  constructor(
    private readonly writer: CatalogWriter,
    private readonly leadership: Leadership,
  ) {}

  async execute(
    category: CategoryDraft,
  ): Promise<{ readonly categoryId: CategoryId; readonly treeVersion: number }> {
    this.leadership.require();
    return this.writer.createCategory(category);
  }
}
