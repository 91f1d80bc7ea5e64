import { Injectable } from '@nestjs/common';
import { DomainError } from '@entrepot/kernel';

import type { VariantDraft } from '../domain/product-draft.ts';
import { problemsOfVariant } from '../domain/product-draft.ts';
import type { EditedProduct, ProductEdit } from './catalog-writer.ts';
import { CatalogContext } from './catalog-context.ts';
import { CatalogWriter } from './catalog-writer.ts';
import { Leadership } from './leadership.ts';

@Injectable()
export class AddVariant {
  constructor(
    private readonly writer: CatalogWriter,
    private readonly leadership: Leadership,
    private readonly context: CatalogContext,
  ) {}

  async execute(edit: ProductEdit, variant: VariantDraft): Promise<EditedProduct> {
    this.leadership.require();
    return this.writer.editProduct(edit, async (parts) => {
      const { currencies } = this.context;
      const place = { options: await parts.options(), currencies, path: '' };
      const problems = problemsOfVariant(variant, place);
      if (problems.length > 0) {
        throw new DomainError('VALIDATION_FAILED', 'the variant does not fit its product', {
          fieldProblems: problems.map((found) => ({ ...found, path: found.path.slice(1) })),
        });
      }
      await parts.addVariant(variant);
    });
  }
}
