import type { Category } from '../domain/category-tree.ts';

export abstract class CategoryReader {
  /** Every category, and the version of the tree, read before the rows it stands for. */
  abstract all(): Promise<{ readonly version: number; readonly categories: readonly Category[] }>;
}
