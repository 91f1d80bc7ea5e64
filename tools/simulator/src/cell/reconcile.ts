import type { SimulatedCell } from './simulated-cell.ts';
import { tellTotal } from './grant-handlers.ts';

export const reconcileEveryMs = 1_000;

/** Repeats to each peer the totals that it has not acknowledged. */
export function reconcile(cell: SimulatedCell): void {
  if (!cell.world.protocol.repeatsTotals) return;
  for (const [pool, { channels }] of cell.stock.pools) {
    for (const { peer, granted, acked } of channels.values()) {
      if (granted !== acked) tellTotal(cell, peer, { pool, total: granted, kind: 'TOTALS' });
    }
  }
}
