/** A product, or the category tree, that was written. `isTree` marks the latter. */
export interface CatalogChange {
  readonly productId: string;
  readonly slug: string | undefined;
  readonly version: number;
  readonly isTree: boolean;
}

export interface CatalogChangeBatch {
  readonly changes: readonly CatalogChange[];
  /** The rows read; they are deleted once the changes have been carried out. */
  readonly sequences: readonly bigint[];
}

/** What the triggers noted, and the projections this cell derives from it. */
export abstract class CatalogChanges {
  abstract next(rowsMax: number): Promise<CatalogChangeBatch>;
  /** Writes the listing and search entries of these products anew, from the rows as they are now. */
  abstract refreshProjections(productIds: readonly string[]): Promise<void>;
  abstract forget(sequences: readonly bigint[]): Promise<void>;
}
