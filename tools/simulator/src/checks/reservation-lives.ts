import type { ReservationId } from '@entrepot/inventory';
import type { ReservationState } from '@entrepot/inventory/testing';
import type { SimulatedCell } from '../cell/simulated-cell.ts';
import { ViolationError } from './violation.ts';

/** What may become of a reservation, written down once more: the reducer's own table is under test. */
const mayBecome: Readonly<Record<ReservationState | 'NONE', readonly ReservationState[]>> = {
  NONE: ['HELD', 'RELEASED'],
  HELD: ['CONFIRMED', 'RELEASED', 'EXPIRED'],
  CONFIRMED: ['CANCELLED', 'SHIPPED'],
  RELEASED: [],
  EXPIRED: [],
  CANCELLED: [],
  SHIPPED: [],
};

/** The lives of one cell's reservations: no edge but these, and one ending. */
export class ReservationLives {
  private readonly states = new Map<ReservationId, ReservationState>();

  check({ id, stock }: SimulatedCell, reservation: ReservationId): void {
    const before = this.states.get(reservation);
    const state = stock.reservations.get(reservation)?.state;
    if (state === before) return;
    if (state === undefined) {
      throw new ViolationError('one life', `${id} forgot ${reservation}, it was ${before ?? ''}`);
    }
    // a batch may take several edges at once
    if (!isReachable(before ?? 'NONE', state)) {
      throw new ViolationError('one ending', `${reservation}: ${before ?? 'nothing'} → ${state}`);
    }
    this.states.set(reservation, state);
  }
}

/** Whether a state may follow, by one edge or several. */
export const isReachable = (from: ReservationState | 'NONE', to: ReservationState): boolean =>
  mayBecome[from].some((next) => next === to || isReachable(next, to));
