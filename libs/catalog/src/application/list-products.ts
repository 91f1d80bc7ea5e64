import { Injectable } from '@nestjs/common';
import { DomainError } from '@entrepot/kernel';
import type { CategoryId, ProductId } from '@entrepot/kernel';
import { VersionedCache } from '@entrepot/platform-cache';
import type { CachePolicy } from '@entrepot/platform-cache';

import type { Locale } from '../domain/locale.ts';
import { FindCategory } from './find-category.ts';
import type { ListPosition, ListSort } from './listing-reader.ts';
import { ListingReader } from './listing-reader.ts';
import { ProductShelf } from './product-shelf.ts';

/** Order and membership of a page may be this old; the prices and texts shown in it may not. */
const policy: CachePolicy = { softMs: 2_000, hardMs: 20_000, negativeMs: 2_000, jitter: 0.15 };

export interface ListProductsQuestion {
  readonly categorySlug?: string | undefined;
  readonly words?: string | undefined;
  readonly sort?: ListSort | undefined;
  /** Where the page before ended. */
  readonly after?: ListPosition | undefined;
  readonly limit: number;
  readonly locale: Locale;
}

export interface ListedProducts {
  /** The cards as JSON texts, each made once per version and language. */
  readonly cards: readonly string[];
  /** Id and version of each card: what an ETag of the page is made from. */
  readonly versions: readonly string[];
  readonly next: ListPosition | undefined;
}

interface CachedPage {
  readonly ids: readonly ProductId[];
  readonly next?: ListPosition | undefined;
}

/** One page of a category, of the shop, or of what a search finds. */
@Injectable()
export class ListProducts {
  constructor(
    private readonly cache: VersionedCache,
    private readonly listing: ListingReader,
    private readonly categories: FindCategory,
    private readonly shelf: ProductShelf,
  ) {}

  async execute(question: ListProductsQuestion): Promise<ListedProducts> {
    const page = await this.page(question);
    const cards = await this.shelf.cards(page.ids, question.locale);
    const shown: string[] = [];
    const versions: string[] = [];
    for (const [id, card] of cards) {
      // archived since the page was listed
      if (card.body === null) continue;
      shown.push(card.body);
      versions.push(`${id}.${card.version}`);
    }
    return { cards: shown, versions, next: page.next };
  }

  private async page(question: ListProductsQuestion): Promise<CachedPage> {
    const { categorySlug, words, limit, locale, after } = question;
    // read before the page: a fill that waited for another fill could fill the gate with waiters
    const categoryId = await this.categoryId(categorySlug);
    const sort = sortOf(question);
    const asked = [categorySlug ?? '', sort, after?.key ?? '', after?.productId ?? '', limit];
    const search = words === undefined ? undefined : { words: words.toLowerCase(), locale };
    const subject = `list ${JSON.stringify(search ? [...asked, search.words, locale] : asked)}`;
    const { body } = await this.cache.readOne(subject, {
      facet: 'ids',
      policy,
      origin: async () => {
        const place = { categoryId, search, sort, after, limit };
        const { productIds, next } = await this.listing.page(place);
        const page: CachedPage = { ids: productIds, next };
        return new Map([[subject, { version: 0, body: JSON.stringify(page) }]]);
      },
    });
    return body === null ? { ids: [] } : (JSON.parse(body) as CachedPage);
  }

  private async categoryId(slug: string | undefined): Promise<CategoryId | undefined> {
    if (slug === undefined) return undefined;
    const category = await this.categories.execute(slug);
    if (category === undefined) throw new DomainError('NOT_FOUND', 'there is no such category');
    return category;
  }
}

function sortOf({ sort, words }: ListProductsQuestion): ListSort {
  if (sort === 'relevance' && words === undefined) {
    const problem = { path: 'sort', code: 'NEEDS_SEARCH', message: 'relevance needs a search' };
    throw new DomainError('VALIDATION_FAILED', problem.message, { fieldProblems: [problem] });
  }
  return sort ?? (words === undefined ? 'featured' : 'relevance');
}
