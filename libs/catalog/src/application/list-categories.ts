import { Injectable } from '@nestjs/common';
import { VersionedCache } from '@entrepot/platform-cache';
import type { CachePolicy, Versioned } from '@entrepot/platform-cache';

import type { Locale } from '../domain/locale.ts';
import { CategoryReader } from './category-reader.ts';
import { categoriesSubject } from './product-shelf.ts';
import { ProductViews } from './product-views.ts';

const policy: CachePolicy = { softMs: 60_000, hardMs: 600_000, negativeMs: 5_000, jitter: 0.15 };

/** The whole tree in one language, as JSON text with the tree's version. */
@Injectable()
export class ListCategories {
  constructor(
    private readonly cache: VersionedCache,
    private readonly reader: CategoryReader,
    private readonly views: ProductViews,
  ) {}

  execute(locale: Locale): Promise<Versioned> {
    return this.cache.readOne(categoriesSubject, {
      facet: `tree.v1.${locale}`,
      policy,
      origin: async () => {
        const { version, categories } = await this.reader.all();
        const body = this.views.categories(categories, locale);
        return new Map([[categoriesSubject, { version, body }]]);
      },
    });
  }
}
