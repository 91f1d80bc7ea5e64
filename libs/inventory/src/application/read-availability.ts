import type { Sku } from '@entrepot/kernel';
import { bandOf, type Availability } from '../domain/availability.ts';
import type { PoolId } from '../domain/pool.ts';
import type { AvailabilityBoard } from './availability-board.ts';
import type { StockMap } from './stock-map.ts';
import type { StockStore } from './stock-store.ts';

/** Bands for pages and carts, over all pools of each SKU. A hint: only reserving decides. */
export class ReadAvailability {
  constructor(
    private readonly map: StockMap,
    private readonly store: StockStore,
    private readonly board: AvailabilityBoard,
  ) {}

  async execute(skus: readonly Sku[]): Promise<ReadonlyMap<Sku, Availability>> {
    const pools = skus.flatMap((sku) => this.map.poolsOf(sku));
    const unknown = pools.filter((pool) => this.board.find(pool)?.free === undefined);
    if (unknown.length > 0) {
      const found = new Map((await this.store.findFree(unknown)).map((of) => [of.pool, of.free]));
      for (const pool of unknown) this.board.noteFree(pool, found.get(pool) ?? 0);
    }
    return new Map(
      skus.map((sku) => {
        const ofSku = this.map.poolsOf(sku);
        const free = ofSku.reduce((sum, pool) => sum + (this.board.find(pool)?.free ?? 0), 0);
        return [
          sku,
          bandOf(
            free,
            ofSku.every((pool) => this.isEmpty(pool)),
          ),
        ] as const;
      }),
    );
  }

  private isEmpty(pool: PoolId): boolean {
    return this.board.find(pool)?.isEmpty ?? false;
  }
}
