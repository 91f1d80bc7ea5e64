import type { CategoryId, ProductId } from '@entrepot/kernel';

import type { Locale } from '../domain/locale.ts';

export type ListSort = 'featured' | 'newest' | 'priceAsc' | 'priceDesc' | 'relevance';

/** Where a page ended: the sort key of its last product as PostgreSQL writes it, and the product. */
export interface ListPosition {
  readonly key: string;
  readonly productId: string;
}

export interface ListQuestion {
  /** Undefined lists the whole shop. */
  readonly categoryId: CategoryId | undefined;
  readonly search: { readonly words: string; readonly locale: Locale } | undefined;
  /** `relevance` needs a search. */
  readonly sort: ListSort;
  readonly after: ListPosition | undefined;
  readonly limit: number;
}

export interface ListPage {
  readonly productIds: readonly ProductId[];
  readonly next: ListPosition | undefined;
}

/** Which products a page shows, in which order; one statement, two where a search finds nothing. */
export abstract class ListingReader {
  abstract page(question: ListQuestion): Promise<ListPage>;
}
