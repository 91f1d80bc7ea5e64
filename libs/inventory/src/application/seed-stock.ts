import type { CellId } from '@entrepot/kernel';
import type { Grant, Outcome } from '../domain/commands.ts';
import { poolIdOf } from '../domain/pool.ts';
import type { ReceiveStock } from './receive-stock.ts';
import type { StockLanes } from './stock-lanes.ts';

export interface StockToSeed {
  readonly sku: string;
  readonly warehouse: string;
  readonly quantity: number;
  /** Units that other cells start with; the rest stays at the home of the warehouse. */
  readonly shares: readonly { readonly cell: CellId; readonly quantity: number }[];
}

const seedBatchMax = 500;

/**
 * Fills the warehouses of this cell and gives other cells their opening share through the ordinary
 * protocol: they have it once the grants arrive. Repeating a seed of the same name changes nothing.
 */
export class SeedStock {
  constructor(
    private readonly receive: ReceiveStock,
    private readonly lanes: StockLanes,
  ) {}

  async execute(name: string, pools: readonly StockToSeed[]): Promise<void> {
    for (let from = 0; from < pools.length; from += seedBatchMax) {
      const part = pools.slice(from, from + seedBatchMax);
      await this.receive.execute(`${name} ${from}`, part);
      const grants = part.flatMap(({ sku, warehouse, shares }) =>
        shares
          .filter(({ quantity }) => quantity > 0)
          .map(({ cell: peer, quantity }): Grant => {
            const pool = poolIdOf(warehouse, sku);
            return { kind: 'grant', pool, peer, level: quantity, ceiling: quantity, acked: 0 };
          }),
      );
      const { verdicts } = await this.lanes.submit(grants);
      assertGranted(verdicts.map(({ outcome }) => outcome));
    }
  }
}

function assertGranted(outcomes: readonly Outcome[]): void {
  const wrong = outcomes.find((outcome) => outcome !== 'GRANTED');
  if (wrong !== undefined) throw new Error(`an opening share was answered with ${wrong}`);
}
