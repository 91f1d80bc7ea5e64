import { newGlobalId, OutcomeUnknownError } from '@entrepot/kernel';
import type { CategoryId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import type { CatalogDatabase } from '@entrepot/platform-database';

import type { CategoryDraft, ImageDraft } from '../application/catalog-writer.ts';
import type { ProductDraft } from '../domain/product-draft.ts';
import { insertProductRows, rowCountOf } from './product-rows.ts';
import { SqlCatalogWriter } from './sql-catalog-writer.ts';

/** A transaction of a loader is short, as any other: it holds locks and the vacuum's horizon. */
const transactionRowsMax = 250;
/** How often a batch is tried whose transaction met its time limit on a busy machine. */
const batchAttemptsMax = 5;

const findCategories = statement(
  'catalog.find_category_ids',
  'SELECT slug, id FROM catalog.category WHERE slug = ANY($1)',
);
const findSlugs = statement(
  'catalog.find_present_slugs',
  'SELECT slug FROM catalog.product WHERE slug = ANY($1)',
);

export interface LoadedProduct extends Omit<ProductDraft, 'categoryId'> {
  readonly categorySlug: string;
  readonly images: readonly ImageDraft[];
}

export interface LoadedCategory extends Omit<CategoryDraft, 'parentId'> {
  /** Must come earlier in the list, or be there already. */
  readonly parentSlug: string | undefined;
}

export interface LoadOutcome {
  readonly added: number;
  readonly present: number;
}

/** Writes many products at the leader. What is there already, by slug, is left as it is. */
export class CatalogLoader {
  private readonly writer: SqlCatalogWriter;

  constructor(private readonly database: CatalogDatabase) {
    this.writer = new SqlCatalogWriter(database);
  }

  async loadCategories(categories: readonly LoadedCategory[]): Promise<LoadOutcome> {
    const ids = await this.categoryIds(
      categories.flatMap(({ slug, parentSlug }) => [slug, parentSlug ?? slug]),
    );
    let added = 0;
    for (const { parentSlug, ...category } of categories) {
      if (ids.has(category.slug)) continue;
      const parentId = parentSlug === undefined ? null : requireId(ids, parentSlug);
      const { categoryId } = await this.writer.createCategory({ ...category, parentId });
      ids.set(category.slug, categoryId);
      added += 1;
    }
    return { added, present: categories.length - added };
  }

  async loadProducts(
    products: readonly LoadedProduct[],
    onProgress: (done: number) => void = () => undefined,
  ): Promise<LoadOutcome> {
    const categories = await this.categoryIds(products.map(({ categorySlug }) => categorySlug));
    let [added, done] = [0, 0];
    for (const batch of batchesOf(products)) {
      added += await this.loadBatch(batch, categories);
      done += batch.length;
      onProgress(done);
    }
    return { added, present: products.length - added };
  }

  /** An attempt of unknown outcome is safe to repeat: what it did write is found by its slug. */
  private async loadBatch(
    batch: readonly LoadedProduct[],
    categories: ReadonlyMap<string, CategoryId>,
  ): Promise<number> {
    let added: number | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const present = await this.presentSlugs(batch.map(({ slug }) => slug));
      const missing = batch.filter(({ slug }) => !present.has(slug));
      const rows = missing.map(({ categorySlug, ...product }) => ({
        ...product,
        id: newGlobalId('product'),
        categoryId: requireId(categories, categorySlug),
      }));
      added ??= rows.length;
      if (rows.length === 0) return added;
      try {
        await this.database.unitOfWork((tx) => insertProductRows(tx, rows));
        return added;
      } catch (error) {
        if (!(error instanceof OutcomeUnknownError) || attempt === batchAttemptsMax) throw error;
      }
    }
  }

  private async categoryIds(slugs: readonly string[]): Promise<Map<string, CategoryId>> {
    const rows = await this.database.query<{ slug: string; id: CategoryId }>(findCategories, [
      [...new Set(slugs)],
    ]);
    return new Map(rows.map((row) => [row.slug, row.id]));
  }

  private async presentSlugs(slugs: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ slug: string }>(findSlugs, [slugs]);
    return new Set(rows.map((row) => row.slug));
  }
}

function requireId(ids: ReadonlyMap<string, CategoryId>, slug: string): CategoryId {
  const id = ids.get(slug);
  if (id === undefined) throw new TypeError(`there is no category ${slug}`);
  return id;
}

/** Consecutive products whose rows together stay within one transaction's limit. */
export function* batchesOf(products: readonly LoadedProduct[]): Generator<LoadedProduct[]> {
  let batch: LoadedProduct[] = [];
  let rows = 0;
  for (const product of products) {
    const size = rowCountOf({ ...product, categoryId: '' });
    if (batch.length > 0 && rows + size > transactionRowsMax) {
      yield batch;
      [batch, rows] = [[], 0];
    }
    batch.push(product);
    rows += size;
  }
  if (batch.length > 0) yield batch;
}
