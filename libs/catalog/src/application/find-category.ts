import { Injectable } from '@nestjs/common';
import type { CategoryId } from '@entrepot/kernel';
import { VersionedCache } from '@entrepot/platform-cache';
import type { CachePolicy } from '@entrepot/platform-cache';

import { CategoryReader } from './category-reader.ts';
import { categoriesSubject } from './product-shelf.ts';

const policy: CachePolicy = { softMs: 60_000, hardMs: 600_000, negativeMs: 5_000, jitter: 0.15 };

/** The id of the category with a slug; undefined for none. */
@Injectable()
export class FindCategory {
  constructor(
    private readonly cache: VersionedCache,
    private readonly reader: CategoryReader,
  ) {}

  async execute(slug: string): Promise<CategoryId | undefined> {
    const { body } = await this.cache.readOne(categoriesSubject, {
      facet: 'slugs.v1',
      policy,
      origin: async () => {
        const { version, categories } = await this.reader.all();
        const slugs = Object.fromEntries(
          categories.map((category) => [category.slug, category.id]),
        );
        return new Map([[categoriesSubject, { version, body: JSON.stringify(slugs) }]]);
      },
    });
    const slugs = new Map(
      Object.entries(JSON.parse(body ?? '{}') as Readonly<Record<string, CategoryId>>),
    );
    return slugs.get(slug);
  }
}
