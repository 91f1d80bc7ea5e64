import { Injectable } from '@nestjs/common';
import { StockMap } from '../stock-map.ts';
import { WarehouseBooks, type ListedAct } from './warehouse-books.ts';

export interface ActPage {
  readonly acts: readonly ListedAct[];
  /** Place after which the next page begins. */
  readonly next: number | undefined;
}

/** What staff did to the stock of a warehouse, newest first. */
@Injectable()
export class ListActs {
  constructor(
    private readonly map: StockMap,
    private readonly books: WarehouseBooks,
  ) {}

  /** Throws WAREHOUSE_UNKNOWN. */
  async execute(
    warehouse: string,
    { after, limit }: { readonly after: number | undefined; readonly limit: number },
  ): Promise<ActPage> {
    this.map.homeOfWarehouse(warehouse);
    const found = await this.books.pageOfActs(warehouse, { before: after, limit: limit + 1 });
    const acts = found.slice(0, limit);
    return { acts, next: found.length > limit ? acts.at(-1)?.seq : undefined };
  }
}
