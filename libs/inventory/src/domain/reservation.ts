import type { Branded, OrderId } from '@entrepot/kernel';
import type { Movement } from './accounts.ts';
import type { PoolId } from './pool.ts';

/** UUIDv5 over order, pool and round: the same ask has the same name from whatever process it comes. */
export type ReservationId = Branded<'ReservationId'>;

export const reservationStates = [
  'HELD',
  'CONFIRMED',
  'RELEASED',
  'EXPIRED',
  'CANCELLED',
  'SHIPPED',
] as const;
export type ReservationState = (typeof reservationStates)[number];

export interface Reservation {
  readonly id: ReservationId;
  readonly pool: PoolId;
  readonly order: OrderId;
  readonly quantity: number;
  readonly state: ReservationState;
  /** Milliseconds since 1970 by the clock of the store. */
  readonly expiresAt: number;
}

/** Whether a command means the reservation that was made under its id. */
export const isSameAsk = (
  seen: Reservation,
  asked: Pick<Reservation, 'pool' | 'order' | 'quantity'>,
): boolean =>
  seen.pool === asked.pool && seen.order === asked.order && seen.quantity === asked.quantity;

export type TransitionKind = 'confirm' | 'release' | 'expire' | 'cancel' | 'ship';

/** The edges of a reservation's life. From HELD one edge is taken, once: whoever comes second finds the state changed. */
export const transitions = {
  confirm: { from: 'HELD', to: 'CONFIRMED', movement: 'CONFIRM' },
  release: { from: 'HELD', to: 'RELEASED', movement: 'RELEASE' },
  expire: { from: 'HELD', to: 'EXPIRED', movement: 'EXPIRE' },
  cancel: { from: 'CONFIRMED', to: 'CANCELLED', movement: 'CANCEL' },
  ship: { from: 'CONFIRMED', to: 'SHIPPED', movement: 'SHIP' },
} as const satisfies Record<
  TransitionKind,
  { from: ReservationState; to: ReservationState; movement: Movement }
>;

const kinds = Object.keys(transitions) as TransitionKind[];

/** The edges from one state to a later one; `undefined` where none lead there. */
export function wayTo(
  state: ReservationState,
  from: ReservationState,
): TransitionKind[] | undefined {
  if (state === from) return [];
  const taken = kinds.filter((kind) => transitions[kind].from === from);
  const ways = taken.map((kind) => {
    const rest = wayTo(state, transitions[kind].to);
    return rest === undefined ? undefined : [kind, ...rest];
  });
  return ways.find((way) => way !== undefined);
}

export const terminalStates: readonly ReservationState[] = reservationStates.filter(
  (state) => !Object.values(transitions).some(({ from }) => from === state),
);

export const isTransition = (kind: string): kind is TransitionKind =>
  Object.hasOwn(transitions, kind);

/** Whether a reservation still has units in this cell or has used them up; else it has given them back. */
export const hasUnits = (state: ReservationState): boolean =>
  state === 'HELD' || state === 'CONFIRMED' || state === 'SHIPPED';
