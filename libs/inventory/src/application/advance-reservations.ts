import { DomainError, type OrderId } from '@entrepot/kernel';
import type { Outcome, Transition } from '../domain/commands.ts';
import type { PoolId } from '../domain/pool.ts';
import type { ReservationId } from '../domain/reservation.ts';
import type { StockLanes } from './stock-lanes.ts';

export interface ReservationRef {
  readonly pool: PoolId;
  readonly reservation: ReservationId;
  readonly order: OrderId;
  readonly quantity: number;
}

const outcomesOf = async (
  lanes: StockLanes,
  kind: Transition['kind'],
  references: readonly ReservationRef[],
): Promise<Outcome[]> => {
  if (references.length === 0) return [];
  const commands = references.map(({ pool, reservation, order, quantity }) => ({
    kind,
    pool,
    reservation,
    order,
    quantity,
  }));
  const { verdicts } = await lanes.submit(commands);
  if (verdicts.some(({ outcome }) => outcome === 'NOT_ACTIVE')) {
    throw new DomainError('UNAVAILABLE', 'this cell does not sell at the moment');
  }
  return verdicts.map(({ outcome }) => outcome);
};

export type ConfirmResult =
  | { readonly kind: 'confirmed' }
  /** Some holds had ended; what was confirmed before must be cancelled by the caller. */
  | { readonly kind: 'lost'; readonly lost: readonly ReservationRef[] };

/** Turns the holds of an order into sales. A hold past its time that nobody has expired yet still counts. */
export class ConfirmReservations {
  constructor(private readonly lanes: StockLanes) {}

  async execute(references: readonly ReservationRef[]): Promise<ConfirmResult> {
    const outcomes = await outcomesOf(this.lanes, 'confirm', references);
    const lost = references.filter((_, at) => !isSold(outcomes[at]));
    return lost.length === 0 ? { kind: 'confirmed' } : { kind: 'lost', lost };
  }
}

const isSold = (outcome: Outcome | undefined): boolean =>
  outcome === 'CONFIRMED' || outcome === 'SHIPPED';

/**
 * Gives the units of an order back: holds are released, and sales that did not come about after all are
 * cancelled. Safe for reservations nobody ever heard of: they can no longer be held afterwards.
 */
export class ReleaseReservations {
  constructor(private readonly lanes: StockLanes) {}

  async execute(references: readonly ReservationRef[]): Promise<void> {
    const outcomes = await outcomesOf(this.lanes, 'release', references);
    const sold = references.filter((_, at) => outcomes[at] === 'CONFIRMED');
    await outcomesOf(this.lanes, 'cancel', sold);
  }
}
