import type { PoolId, ReservationId } from '@entrepot/inventory';
import type { CellStock, ReservationState, Witnessed } from '@entrepot/inventory/testing';
import { isReachable } from '../checks/reservation-lives.ts';

/** What a caller may have been told and no backup and no witness knows: a restore loses it by definition. */
export interface Loss {
  readonly reservation: ReservationId;
  readonly pool: PoolId;
  /** As far as it can be known afterwards. */
  readonly left: ReservationState | undefined;
}

/** What becomes of the reservations of a cell that is restored, if it recovers as it should. */
export interface Remembrance {
  /** The state of each that can be known; it may be a later one afterwards, and never an earlier one. */
  readonly states: ReadonlyMap<ReservationId, ReservationState>;
  readonly losses: readonly Loss[];
}

/** Found out by itself and not by the rules of the recovery, which are under test. */
export function remembranceOf(
  lost: CellStock,
  backup: CellStock,
  told: readonly Witnessed[],
): Remembrance {
  const states = new Map<ReservationId, ReservationState>();
  for (const [id, { state }] of backup.reservations) states.set(id, state);
  for (const [id, state] of lastTold(told)) {
    if (isReachable(states.get(id) ?? 'NONE', state)) states.set(id, state);
  }
  const losses = [...lost.reservations.values()]
    .map(({ id, pool, state }) => ({ reservation: id, pool, state, left: states.get(id) }))
    .filter(({ state, left }) => state !== left && isReachable(left ?? 'NONE', state));
  return { states, losses };
}

function lastTold(told: readonly Witnessed[]): ReadonlyMap<ReservationId, ReservationState> {
  const states = new Map<ReservationId, ReservationState>();
  const inOrder = told.toSorted((one, other) => one.epoch - other.epoch || one.place - other.place);
  for (const record of inOrder) {
    if ('reservation' in record) states.set(record.reservation, record.state);
  }
  return states;
}
