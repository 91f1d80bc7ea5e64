import { Injectable } from '@nestjs/common';
import { DomainError, newGlobalId } from '@entrepot/kernel';
import type { CategoryId, ProductId } from '@entrepot/kernel';
import {
  CatalogDatabase,
  isForeignKeyViolation,
  isUniqueViolation,
  statement,
} from '@entrepot/platform-database';
import type { Transaction } from '@entrepot/platform-database';

import type {
  CategoryDraft,
  EditedProduct,
  ImageDraft,
  ProductEdit,
  ProductParts,
} from '../application/catalog-writer.ts';
import { CatalogWriter } from '../application/catalog-writer.ts';
import type { CategoryTexts } from '../domain/category-tree.ts';
import type { Locale } from '../domain/locale.ts';
import type { ProductDraft } from '../domain/product-draft.ts';
import { insertProductRows } from './product-rows.ts';
import { SqlProductParts } from './sql-product-parts.ts';

const findEdit = statement(
  'catalog.find_edit',
  `SELECT product_id AS "productId", version FROM catalog_local.applied_edit WHERE change_id = $1`,
);
const recordEdit = statement(
  'catalog.record_edit',
  `INSERT INTO catalog_local.applied_edit (change_id, product_id, version) VALUES ($1, $2, $3)
   ON CONFLICT (change_id) DO NOTHING`,
);
/** Locks the row and raises the version, before anything below the product is touched. */
const raiseVersion = statement(
  'catalog.raise_version',
  `UPDATE catalog.product SET version = version + 1, updated_at = now()
    WHERE id = $1 AND ($2::bigint IS NULL OR version = $2) RETURNING version`,
);
const findVersion = statement(
  'catalog.find_version',
  'SELECT version FROM catalog.product WHERE id = $1',
);
const raiseTreeVersion = statement(
  'catalog.raise_tree_version',
  `INSERT INTO catalog.category_tree AS t (only_row, version) VALUES (true, 1)
   ON CONFLICT (only_row) DO UPDATE SET version = t.version + 1 RETURNING version`,
);
const insertCategory = statement(
  'catalog.insert_category',
  'INSERT INTO catalog.category (id, slug, parent_id, position) VALUES ($1, $2, $3, $4)',
);
const setCategoryTexts = statement(
  'catalog.set_category_texts',
  `INSERT INTO catalog.category_translation (category_id, locale, name, description)
   VALUES ($1, $2, $3, $4)
   ON CONFLICT (category_id, locale) DO UPDATE
     SET name = excluded.name, description = excluded.description`,
);

/** Thrown inside the transaction so that it leaves nothing behind. */
class RepeatedEditError extends Error {
  override readonly name = 'RepeatedEditError';
}

@Injectable()
export class SqlCatalogWriter extends CatalogWriter {
  constructor(private readonly database: CatalogDatabase) {
    super();
  }

  createProduct(
    product: ProductDraft & { readonly images: readonly ImageDraft[] },
    changeId: string,
  ): Promise<EditedProduct> {
    const productId = newGlobalId('product');
    return this.once(changeId, async (tx) => {
      await record(tx, changeId, { productId, version: 1 });
      await insertProductRows(tx, [{ ...product, id: productId }]);
      return { productId, version: 1 };
    });
  }

  editProduct(
    edit: ProductEdit,
    work: (parts: ProductParts) => Promise<void>,
  ): Promise<EditedProduct> {
    const { productId, changeId, expectedVersion } = edit;
    return this.once(changeId, async (tx) => {
      await raise(tx, productId, expectedVersion);
      await work(new SqlProductParts(tx, productId));
      const [row] = await tx.query<{ version: bigint }>(findVersion, [productId]);
      const edited = { productId, version: Number(row?.version) };
      await record(tx, changeId, edited);
      return edited;
    });
  }

  createCategory(
    category: CategoryDraft,
  ): Promise<{ readonly categoryId: CategoryId; readonly treeVersion: number }> {
    const categoryId = newGlobalId('category');
    return this.refusing(async (tx) => {
      const treeVersion = await raiseTree(tx);
      const { slug, parentId, position, texts } = category;
      await tx.execute(insertCategory, [categoryId, slug, parentId, position]);
      for (const [locale, { name, description }] of Object.entries(texts)) {
        await tx.execute(setCategoryTexts, [categoryId, locale, name, description]);
      }
      return { categoryId, treeVersion };
    });
  }

  translateCategory(
    categoryId: CategoryId,
    locale: Locale,
    texts: CategoryTexts,
  ): Promise<{ readonly treeVersion: number }> {
    return this.refusing(async (tx) => {
      const treeVersion = await raiseTree(tx);
      await tx.execute(setCategoryTexts, [categoryId, locale, texts.name, texts.description]);
      return { treeVersion };
    });
  }

  /** Makes an edit unless its change id was seen before; then tells what became of it. */
  private async once(
    changeId: string,
    work: (tx: Transaction) => Promise<EditedProduct>,
  ): Promise<EditedProduct> {
    const made = await this.findEdit(changeId);
    if (made !== undefined) return made;
    try {
      return await this.refusing(work);
    } catch (error) {
      // the same edit was under way at the same time and was made first
      const sibling =
        error instanceof RepeatedEditError ? await this.findEdit(changeId) : undefined;
      if (sibling === undefined) throw error;
      return sibling;
    }
  }

  private async findEdit(changeId: string): Promise<EditedProduct | undefined> {
    const [row] = await this.database.query<{ productId: ProductId; version: bigint }>(findEdit, [
      changeId,
    ]);
    return row && { productId: row.productId, version: Number(row.version) };
  }

  private async refusing<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      return await this.database.unitOfWork(work);
    } catch (error) {
      if (isUniqueViolation(error)) {
        throw new DomainError('CATALOG_NAME_TAKEN', 'the slug, article number or options exist', {
          cause: error,
        });
      }
      if (isForeignKeyViolation(error)) {
        throw new DomainError('CATALOG_REFERENCE_UNKNOWN', 'a category or option does not exist', {
          cause: error,
        });
      }
      throw error;
    }
  }
}

async function raise(
  tx: Transaction,
  productId: ProductId,
  expectedVersion: number | undefined,
): Promise<void> {
  const raised = await tx.execute(raiseVersion, [productId, expectedVersion]);
  if (raised === 1) return;
  const [present] = await tx.query<{ version: bigint }>(findVersion, [productId]);
  if (present === undefined) throw new DomainError('NOT_FOUND', 'there is no such product');
  throw new DomainError('PRODUCT_CHANGED', 'the product was changed since it was read', {
    details: { version: Number(present.version) },
  });
}

async function raiseTree(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ version: bigint }>(raiseTreeVersion);
  return Number(row?.version);
}

async function record(tx: Transaction, changeId: string, edited: EditedProduct): Promise<void> {
  const recorded = await tx.execute(recordEdit, [changeId, edited.productId, edited.version]);
  if (recorded === 0) throw new RepeatedEditError('this edit has been made');
}
