import { DomainError, type CellId } from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import { partsOf, poolIdOf, type PoolId } from '../domain/pool.ts';

/** Which warehouse belongs to which cell. */
export class StockMap {
  private readonly homes: ReadonlyMap<string, CellId>;
  /** The other cells, by id. */
  readonly peers: readonly CellId[];

  constructor(
    directory: Pick<CellDirectory, 'cells'>,
    readonly cell: CellId,
  ) {
    this.homes = new Map(
      directory.cells.flatMap(({ id, warehouses }) => warehouses.map((of) => [of.id, id] as const)),
    );
    this.peers = directory.cells
      .map(({ id }) => id)
      .filter((id) => id !== cell)
      .toSorted();
  }

  /** @throws DomainError WAREHOUSE_UNKNOWN */
  homeOf(pool: PoolId): CellId {
    return this.homeOfWarehouse(partsOf(pool).warehouse);
  }

  /** @throws DomainError WAREHOUSE_UNKNOWN */
  homeOfWarehouse(warehouse: string): CellId {
    const home = this.homes.get(warehouse);
    if (home === undefined) {
      throw new DomainError('WAREHOUSE_UNKNOWN', 'no cell has this warehouse', {
        details: { warehouse },
        fieldProblems: [
          { path: 'warehouse', code: 'WAREHOUSE_UNKNOWN', message: 'a warehouse of any cell' },
        ],
      });
    }
    return home;
  }

  /** Whether any cell has the warehouse; another cell may know of a new one before this does. */
  isKnown(pool: PoolId): boolean {
    return this.hasWarehouse(partsOf(pool).warehouse);
  }

  hasWarehouse(warehouse: string): boolean {
    return this.homes.has(warehouse);
  }

  isOwn(pool: PoolId): boolean {
    return this.homes.get(partsOf(pool).warehouse) === this.cell;
  }

  /** Every pool that could hold a SKU. */
  poolsOf(sku: string): PoolId[] {
    return [...this.homes.keys()].map((warehouse) => poolIdOf(warehouse, sku));
  }
}
