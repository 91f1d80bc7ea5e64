import { DomainError } from '@entrepot/kernel';
import { ShopDatabase } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import { poolIdOf, partsOf } from '../../domain/pool.ts';
import { StockMap } from '../stock-map.ts';
import { WarehouseBooks, type PoolAccounts } from './warehouse-books.ts';

export interface PoolPage {
  readonly pools: readonly PoolAccounts[];
  /** Article number after which the next page begins. */
  readonly next: string | undefined;
}

/** What this cell's books say of pools, also of those of other cells' warehouses. */
@Injectable()
export class ReadPools {
  constructor(
    private readonly database: ShopDatabase,
    private readonly map: StockMap,
    private readonly books: WarehouseBooks,
  ) {}

  /** Throws WAREHOUSE_UNKNOWN, STOCK_POOL_UNKNOWN. */
  async one(warehouse: string, sku: string): Promise<PoolAccounts> {
    const pool = poolIdOf(warehouse, sku);
    this.map.homeOf(pool);
    const [found] = await this.books.findPools(this.database, [pool]);
    if (found !== undefined) return found;
    throw new DomainError('STOCK_POOL_UNKNOWN', 'this cell has no books for the pool');
  }

  /** By article number. Throws WAREHOUSE_UNKNOWN. */
  async page(
    warehouse: string,
    { after, limit }: { readonly after: string | undefined; readonly limit: number },
  ): Promise<PoolPage> {
    this.map.homeOfWarehouse(warehouse);
    const found = await this.books.pageOfPools(warehouse, { after, limit: limit + 1 });
    const pools = found.slice(0, limit);
    const last = found.length > limit ? pools.at(-1) : undefined;
    return { pools, next: last === undefined ? undefined : partsOf(last.pool).sku };
  }
}
