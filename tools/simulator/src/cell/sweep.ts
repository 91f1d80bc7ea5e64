import type { Transition } from '@entrepot/inventory/testing';
import type { SimulatedCell } from './simulated-cell.ts';

export const sweepEveryMs = 500;

/** Ends the holds that are due by the clock of the store. */
export function sweep(cell: SimulatedCell): void {
  if (!cell.world.protocol.sweeps) return;
  const now = cell.clock();
  const due: Transition[] = [];
  for (const { id, state, expiresAt, pool, order, quantity } of cell.stock.reservations.values()) {
    if (state !== 'HELD' || expiresAt > now) continue;
    due.push({ kind: 'expire', reservation: id, pool, order, quantity });
  }
  if (due.length === 0) return;
  cell.receive('EXPIRE', due, () => cell.lane.submit('EXPIRE', due, () => undefined));
}
