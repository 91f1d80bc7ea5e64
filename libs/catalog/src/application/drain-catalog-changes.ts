import { Injectable } from '@nestjs/common';
import { SharedCache } from '@entrepot/platform-cache';
import type { Floor } from '@entrepot/platform-cache';

import type { CatalogChange } from './catalog-changes.ts';
import { CatalogChanges } from './catalog-changes.ts';
import { categoriesSubject, productSubject, slugSubject } from './product-shelf.ts';

/** Notes carried out before the floors are raised: few, so that a fresh price does not wait long. */
const changesRowsMax = 250;

/**
 * Carries out what the triggers noted: projections first, then the version floors, and only then is
 * the note thrown away. A crash in between repeats the work, which changes nothing. While the shared
 * cache does not answer, notes stay: no process may go on showing what it remembers as if it were new.
 */
@Injectable()
export class DrainCatalogChanges {
  constructor(
    private readonly changes: CatalogChanges,
    private readonly cache: SharedCache,
  ) {}

  /** Returns how many notes were carried out; fewer than the most it takes means that none is left. */
  async execute(): Promise<{ readonly done: number; readonly isDrained: boolean }> {
    const { changes, sequences } = await this.changes.next(changesRowsMax);
    const products = changes.filter((change) => !change.isTree);
    await this.changes.refreshProjections(products.map((change) => change.productId).sort());
    await this.cache.raise(changes.flatMap(floorsOf));
    await this.changes.forget(sequences);
    return { done: sequences.length, isDrained: sequences.length < changesRowsMax };
  }
}

function floorsOf({ productId, slug, version, isTree }: CatalogChange): readonly Floor[] {
  if (isTree) return [{ subject: categoriesSubject, version }];
  const product = { subject: productSubject(productId), version };
  return slug === undefined ? [product] : [product, { subject: slugSubject(slug), version }];
}
