import { positionOf } from '@entrepot/inventory/testing';
import type { SimulatedCell } from './simulated-cell.ts';

export const recallEveryMs = 1_000;

/** Asks the other cells for the units that this one has promised and lacks; what comes pays the debt. */
export function recall(cell: SimulatedCell): void {
  if (cell.stock.state !== 'ACTIVE') return;
  for (const [pool, { balances }] of cell.stock.pools) {
    if (balances.DEFICIT === 0) continue;
    const here = positionOf(cell.stock, pool);
    cell.desk.collect({ pool, quantity: here.free + balances.DEFICIT, here }, () => undefined);
  }
}
