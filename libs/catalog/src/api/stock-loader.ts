import { Injectable } from '@nestjs/common';
import type { AvailabilityItem } from '@entrepot/contracts/api/inventory';
import type { GraphqlContext } from '@entrepot/platform-http';
import DataLoader from 'dataloader';

import { StockWindow } from '../application/stock-window.ts';
import type { StockQuestion } from '../application/stock-window.ts';

type ItemLoader = DataLoader<StockQuestion, AvailabilityItem, string>;

/** Gathers what the variants and carts of one request ask of the stock, one by one, into one read. */
@Injectable()
export class StockLoader {
  private readonly loaders = new WeakMap<object, ItemLoader>();

  constructor(private readonly stock: StockWindow) {}

  load(context: GraphqlContext, question: StockQuestion): Promise<AvailabilityItem> {
    return this.loaderOf(context).load(question);
  }

  private loaderOf(context: GraphqlContext): ItemLoader {
    const known = this.loaders.get(context);
    if (known !== undefined) return known;
    const loader: ItemLoader = new DataLoader((questions) => this.stock.read(questions), {
      cacheKeyFn: ({ sku, quantity }) => `${quantity} ${sku}`,
    });
    this.loaders.set(context, loader);
    return loader;
  }
}
