import type { CategoryId, ProductId, Sku } from '@entrepot/kernel';

import type { CategoryTexts } from '../domain/category-tree.ts';
import type { ByLocale, Locale } from '../domain/locale.ts';
import type { ProductStatus, ProductTexts } from '../domain/product.ts';
import type {
  OptionDraft,
  PriceDraft,
  ProductDraft,
  VariantDraft,
} from '../domain/product-draft.ts';

/** A picture of a product that is written together with it. */
export interface ImageDraft {
  readonly contentHash: string;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
  readonly alt: ByLocale<string>;
}

/** One edit of one product. The same `changeId` sent again is answered as before and not made again. */
export interface ProductEdit {
  readonly productId: ProductId;
  /** A UUID made by the editor's client, or at the editor's home for an edit that travels. */
  readonly changeId: string;
  /** Refused with PRODUCT_CHANGED unless the product still has this version. */
  readonly expectedVersion: number | undefined;
}

export interface EditedProduct {
  readonly productId: ProductId;
  readonly version: number;
}

/** What may be written below a product while its row is locked and its version raised. */
export abstract class ProductParts {
  abstract update(fields: {
    readonly categoryId?: string | undefined;
    readonly position?: number | undefined;
    readonly status?: ProductStatus | undefined;
  }): Promise<void>;
  abstract options(): Promise<readonly OptionDraft[]>;
  abstract setTexts(locale: Locale, texts: ProductTexts): Promise<void>;
  abstract addVariant(variant: VariantDraft): Promise<void>;
  abstract updateVariant(
    sku: Sku,
    fields: {
      readonly position?: number | undefined;
      readonly status?: ProductStatus | undefined;
    },
  ): Promise<void>;
  abstract setPrice(sku: Sku, price: PriceDraft): Promise<void>;
}

export interface CategoryDraft {
  readonly slug: string;
  readonly parentId: CategoryId | null;
  readonly position: number;
  readonly texts: ByLocale<CategoryTexts>;
}

/** Writes the catalog at its leader. Every method is one transaction. */
export abstract class CatalogWriter {
  abstract createProduct(
    product: ProductDraft & { readonly images: readonly ImageDraft[] },
    changeId: string,
  ): Promise<EditedProduct>;
  abstract editProduct(
    edit: ProductEdit,
    work: (parts: ProductParts) => Promise<void>,
  ): Promise<EditedProduct>;
  abstract createCategory(
    category: CategoryDraft,
  ): Promise<{ readonly categoryId: CategoryId; readonly treeVersion: number }>;
  abstract translateCategory(
    categoryId: CategoryId,
    locale: Locale,
    texts: CategoryTexts,
  ): Promise<{ readonly treeVersion: number }>;
}
