import type { CellId } from '@entrepot/kernel';
import type { ReservationId } from '@entrepot/inventory';
import {
  channelOf,
  transitions,
  type CellStock,
  type Movement,
  type ReservationState,
  type Witnessed,
} from '@entrepot/inventory/testing';
import type { SimulatedCell } from '../cell/simulated-cell.ts';
import { epochAt, type Notes } from './notes.ts';

export const tellEveryMs = 250;

/** The state that a movement leaves a reservation in. */
const stateAfter: ReadonlyMap<Movement, ReservationState> = new Map([
  ...(['RESERVE', 'READOPT', 'READOPT_FROM_SUSPENSE', 'READOPT_FROM_DEFICIT'] as const).map(
    (movement) => [movement, 'HELD'] as const,
  ),
  ...Object.values(transitions).map(({ movement, to }) => [movement, to] as const),
]);
const movesRights: readonly Movement[] = [
  'GRANT',
  'GRANT_FROM_SUSPENSE',
  'GRANT_FROM_DEFICIT',
  'APPLY',
  'APPLY_TO_SUSPENSE',
];

/** Tells the witness what the journal has that was not told; nothing waits for it. */
export function tellMovements(cell: SimulatedCell): void {
  if (cell.notes.told === cell.stock.journal.length) return;
  cell.receive('WITNESS', cell.notes.told, () => {
    const { stock, notes, witness } = cell;
    const place = stock.journal.length;
    witness.append(recordsOf(stock, notes));
    if (cell.mayDie('WITNESS', 'before commit')) return;
    witness.raise({ epoch: epochAt(notes, place), place });
    cell.notes = { ...notes, told: place };
    if (cell.mayDie('WITNESS', 'after commit')) return;
    cell.mayDie('WITNESS', 'after answer');
  });
}

function recordsOf(stock: CellStock, notes: Notes): Witnessed[] {
  return stock.journal
    .slice(notes.told)
    .flatMap(({ pool, movement, reference }, at): Witnessed[] => {
      const place = notes.told + at + 1;
      const of = { incarnation: stock.cell, epoch: epochAt(notes, place), place, pool };
      if (movesRights.includes(movement)) {
        const { peer, granted, applied } = channelOf(stock, pool, reference as CellId);
        return [{ ...of, peer, granted, applied }];
      }
      const state = stateAfter.get(movement);
      const reservation = stock.reservations.get(reference as ReservationId);
      if (state === undefined || reservation === undefined) return [];
      const { id, order, quantity } = reservation;
      return [{ ...of, reservation: id, order, quantity, state }];
    });
}
