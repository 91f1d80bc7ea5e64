import { Injectable } from '@nestjs/common';
import type { CatalogLocale, ProductDetailView } from '@entrepot/contracts/api/catalog';
import type { ProductId } from '@entrepot/kernel';
import type { GraphqlContext } from '@entrepot/platform-http';
import DataLoader from 'dataloader';

import { ProductShelf } from '../application/product-shelf.ts';

type DetailLoader = DataLoader<ProductId, ProductDetailView | null>;

/** Gathers the details that the fields of one request ask for, one by one, into one read. */
@Injectable()
export class ProductDetailsLoader {
  private readonly loaders = new WeakMap<object, Map<CatalogLocale, DetailLoader>>();

  constructor(private readonly shelf: ProductShelf) {}

  load(
    context: GraphqlContext,
    product: { readonly id: string; readonly asked: CatalogLocale },
  ): Promise<ProductDetailView | null> {
    const ofRequest = this.loaders.get(context) ?? new Map<CatalogLocale, DetailLoader>();
    this.loaders.set(context, ofRequest);
    const loader = ofRequest.get(product.asked) ?? this.loaderFor(product.asked);
    ofRequest.set(product.asked, loader);
    return loader.load(product.id as ProductId);
  }

  private loaderFor(locale: CatalogLocale): DetailLoader {
    return new DataLoader<ProductId, ProductDetailView | null>(async (ids) => {
      const details = await this.shelf.details(ids, locale);
      return ids.map((id) => {
        const body = details.get(id)?.body;
        return body === null || body === undefined ? null : (JSON.parse(body) as ProductDetailView);
      });
    });
  }
}
