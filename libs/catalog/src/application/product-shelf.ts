import { Injectable } from '@nestjs/common';
import type { ProductId } from '@entrepot/kernel';
import { VersionedCache } from '@entrepot/platform-cache';
import type { CachePolicy, Versioned } from '@entrepot/platform-cache';

import type { Locale } from '../domain/locale.ts';
import type { Product } from '../domain/product.ts';
import { ProductReader } from './product-reader.ts';
import { ProductViews } from './product-views.ts';

const policy: CachePolicy = { softMs: 60_000, hardMs: 600_000, negativeMs: 5_000, jitter: 0.15 };

/** Counts up when the form of a view changes, so that no process reads another release's entries. */
const viewForm = 'v1';

export const productSubject = (id: string) => `product ${id}`;
export const slugSubject = (slug: string) => `slug ${slug}`;
export const categoriesSubject = 'categories';

const idOfSubject = (subject: string) => subject.slice(subject.indexOf(' ') + 1);

/** Rendered products by id and by slug, from the cache; no answer is below the version floor. */
@Injectable()
export class ProductShelf {
  constructor(
    private readonly cache: VersionedCache,
    private readonly products: ProductReader,
    private readonly views: ProductViews,
  ) {}

  cards(ids: readonly ProductId[], locale: Locale): Promise<ReadonlyMap<ProductId, Versioned>> {
    return this.rendered(ids, `card.${viewForm}.${locale}`, (product) =>
      this.views.card(product, locale),
    );
  }

  details(ids: readonly ProductId[], locale: Locale): Promise<ReadonlyMap<ProductId, Versioned>> {
    return this.rendered(ids, `detail.${viewForm}.${locale}`, (product) =>
      this.views.detail(product, locale),
    );
  }

  /** The id behind a slug, archived products included; undefined for none. */
  async idOf(slug: string): Promise<ProductId | undefined> {
    const { body } = await this.cache.readOne(slugSubject(slug), {
      facet: 'id',
      policy,
      origin: async (subjects) => {
        const found = await this.products.findIdsBySlugs(subjects.map(idOfSubject));
        return new Map(
          [...found].map(([known, { id, version }]) => [slugSubject(known), { version, body: id }]),
        );
      },
    });
    return body === null ? undefined : (body as ProductId);
  }

  private async rendered(
    ids: readonly ProductId[],
    facet: string,
    render: (product: Product) => string | null,
  ): Promise<ReadonlyMap<ProductId, Versioned>> {
    const answers = await this.cache.read(ids.map(productSubject), {
      facet,
      policy,
      origin: async (subjects) => {
        const found = await this.products.findByIds(subjects.map(idOfSubject) as ProductId[]);
        return new Map(
          found.map((product) => [
            productSubject(product.id),
            { version: product.version, body: render(product) },
          ]),
        );
      },
    });
    return new Map(
      ids.map((id) => [id, answers.get(productSubject(id)) ?? { version: 0, body: null }]),
    );
  }
}
