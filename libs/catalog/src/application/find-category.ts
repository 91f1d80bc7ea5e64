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
  /** The last answer, read once: the tree changes seldom and is asked for with every list. */
  private parsed:
    { readonly body: string | null; readonly slugs: ReadonlyMap<string, CategoryId> } | undefined;

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
    if (this.parsed?.body !== body) {
      const slugs = Object.entries(JSON.parse(body ?? '{}') as Record<string, CategoryId>);
      this.parsed = { body, slugs: new Map(slugs) };
    }
    return this.parsed.slugs.get(slug);
  }
}
