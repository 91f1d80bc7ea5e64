import { Injectable } from '@nestjs/common';
import { DomainError } from '@entrepot/kernel';

import type { ProductDraft } from '../domain/product-draft.ts';
import { problemsOfDraft } from '../domain/product-draft.ts';
import type { EditedProduct } from './catalog-writer.ts';
import { CatalogContext } from './catalog-context.ts';
import { CatalogWriter } from './catalog-writer.ts';
import { Leadership } from './leadership.ts';

@Injectable()
export class CreateProduct {
  constructor(
    private readonly writer: CatalogWriter,
    private readonly leadership: Leadership,
    private readonly context: CatalogContext,
  ) {}

  async execute(draft: ProductDraft, changeId: string): Promise<EditedProduct> {
    this.leadership.require();
    const fieldProblems = problemsOfDraft(draft, this.context.currencies);
    if (fieldProblems.length > 0) {
      throw new DomainError('VALIDATION_FAILED', 'the parts of the product do not fit', {
        fieldProblems,
      });
    }
    return this.writer.createProduct({ ...draft, images: [] }, changeId);
  }
}
