import type { CategoryId } from '@entrepot/kernel';

import type { ByLocale } from './locale.ts';

export interface CategoryTexts {
  readonly name: string;
  readonly description: string;
}

export interface Category {
  readonly id: CategoryId;
  readonly slug: string;
  readonly parentId: CategoryId | null;
  readonly position: number;
  readonly texts: ByLocale<CategoryTexts>;
}

export interface CategoryNode extends Category {
  readonly children: readonly CategoryNode[];
}

/** Roots with their descendants, each level in the merchandiser's order; orphans are left out. */
export function treeOf(categories: readonly Category[]): readonly CategoryNode[] {
  const byParent = Map.groupBy(categories, (category) => category.parentId);
  const below = (parent: CategoryId | null): readonly CategoryNode[] =>
    (byParent.get(parent) ?? [])
      .toSorted((a, b) => a.position - b.position || a.slug.localeCompare(b.slug, 'en'))
      .map((category) => ({ ...category, children: below(category.id) }));
  return below(null);
}
