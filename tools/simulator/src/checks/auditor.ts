import type { PoolId, ReservationId } from '@entrepot/inventory';
import type {
  Outcome,
  DocumentId,
  ReservationState,
  Transition,
} from '@entrepot/inventory/testing';
import type { Loss } from '../recovery/losses.ts';
import { isReachable } from './reservation-lives.ts';
import { ViolationError } from './violation.ts';

interface Heard {
  readonly pool: PoolId;
  readonly quantity: number;
  readonly isAlone: boolean;
  state?: ReservationState;
  readonly asked: Set<Transition['kind']>;
}

/** Three whole numbers, all that an outsider knows of a pool. */
interface PoolModel {
  minted: number;
  held: number;
  sold: number;
}

const isState = (outcome: Outcome): outcome is ReservationState =>
  ['HELD', 'CONFIRMED', 'RELEASED', 'EXPIRED', 'CANCELLED', 'SHIPPED'].includes(outcome);

/** An order that waits for its other lines tells of a line as it was when it was taken. */
const isBygone = ({ isAlone, state }: Heard, told: ReservationState): boolean =>
  !isAlone && told === 'HELD' && state !== undefined;

/** What may be told of a reservation after this was told. */
const mayFollow: Readonly<Record<ReservationState, readonly ReservationState[]>> = {
  HELD: ['HELD', 'CONFIRMED', 'RELEASED', 'EXPIRED', 'CANCELLED', 'SHIPPED'],
  CONFIRMED: ['CONFIRMED', 'CANCELLED', 'SHIPPED'],
  RELEASED: ['RELEASED'],
  EXPIRED: ['EXPIRED'],
  CANCELLED: ['CANCELLED'],
  SHIPPED: ['SHIPPED'],
};
/** What nobody may be told who has not asked for it. */
const askedFor = {
  CONFIRMED: 'confirm',
  RELEASED: 'release',
  CANCELLED: 'cancel',
  SHIPPED: 'ship',
} as const;

/**
 * Knows only what shoppers and warehouses asked and were told, never the books, and holds every answer
 * against it: what was promised stays so, and no more is sold than was brought in.
 */
export class Auditor {
  private readonly reservations = new Map<ReservationId, Heard>();
  private readonly deliveries = new Map<
    DocumentId,
    { pool: PoolId; quantity: number; told: boolean }
  >();
  private readonly pools = new Map<PoolId, PoolModel>();

  onMintAsked(document: DocumentId, pool: PoolId, quantity: number): void {
    if (!this.deliveries.has(document))
      this.deliveries.set(document, { pool, quantity, told: false });
  }

  onMinted(document: DocumentId): void {
    const known = this.deliveries.get(document);
    if (known === undefined || known.told) return;
    known.told = true;
    this.modelOf(known.pool).minted += known.quantity;
  }

  /** A line of an order with others may be released with them, though the shopper asked for nothing. */
  onAsked(
    reservation: ReservationId,
    { pool, quantity, isAlone }: Pick<Heard, 'pool' | 'quantity' | 'isAlone'>,
  ): void {
    if (this.reservations.has(reservation)) return;
    const asked = new Set(isAlone ? [] : ['release' as const]);
    this.reservations.set(reservation, { pool, quantity, isAlone, asked });
  }

  onTransitionAsked(reservation: ReservationId, kind: Transition['kind']): void {
    const heard = this.reservations.get(reservation);
    if (heard === undefined) return;
    this.count(heard, -1);
    heard.asked.add(kind);
    this.count(heard, 1);
  }

  onTold(reservation: ReservationId, outcome: Outcome): void {
    const heard = this.reservations.get(reservation);
    if (heard === undefined) return;
    if (
      outcome === 'CONFLICT' ||
      (outcome === 'UNKNOWN_RESERVATION' && heard.state !== undefined)
    ) {
      throw new ViolationError('acknowledged and lost', `${reservation} is ${outcome}`);
    }
    if (!isState(outcome) || isBygone(heard, outcome)) return;
    this.checkOrder(reservation, heard, outcome);
    this.count(heard, -1);
    heard.state = outcome;
    this.count(heard, 1);
    const { sold } = this.modelOf(heard.pool);
    const most = this.mintedAtMost(heard.pool);
    if (sold > most) {
      throw new ViolationError('oversold', `${sold} of ${heard.pool} were sold, ${most} came in`);
    }
  }

  /**
   * A restore left no trace of what somebody was told: it is reported, and counts no longer as promised. Returns the units
   * that were sold by it.
   */
  onLost({ reservation, left }: Loss): number {
    const heard = this.reservations.get(reservation);
    if (heard?.state === undefined || !isReachable(left ?? 'NONE', heard.state)) return 0;
    const model = this.modelOf(heard.pool);
    const soldBefore = model.sold;
    this.count(heard, -1);
    if (left === undefined) delete heard.state;
    else heard.state = left;
    this.count(heard, 1);
    return Math.max(0, soldBefore - model.sold);
  }

  /** What to ask so that the answer tells how a reservation ended, or ends it. */
  questionAbout(reservation: ReservationId): Transition['kind'] {
    const heard = this.reservations.get(reservation);
    if (heard?.state === 'CONFIRMED') return heard.asked.has('cancel') ? 'cancel' : 'confirm';
    if (heard?.state === 'CANCELLED') return 'cancel';
    return heard?.state === 'SHIPPED' ? 'ship' : 'release';
  }

  /** What must be free over all cells once everybody knows how their asks ended. */
  freeOf(pool: PoolId): number {
    const { minted, held, sold } = this.modelOf(pool);
    return minted - held - sold;
  }

  private mintedAtMost(pool: PoolId): number {
    return [...this.deliveries.values()].reduce(
      (sum, delivery) => sum + (delivery.pool === pool ? delivery.quantity : 0),
      0,
    );
  }

  private checkOrder(reservation: ReservationId, heard: Heard, told: ReservationState): void {
    if (heard.state !== undefined && !mayFollow[heard.state].includes(told)) {
      throw new ViolationError(
        'acknowledged and lost',
        `${reservation} was told ${heard.state} and then ${told}`,
      );
    }
    if (told === 'HELD' || told === 'EXPIRED') return;
    if (!heard.asked.has(askedFor[told])) {
      throw new ViolationError('unasked', `${reservation} is ${told}, for which nobody asked`);
    }
  }

  private count({ state, pool, quantity, asked }: Heard, sign: 1 | -1): void {
    const model = this.modelOf(pool);
    // a cancel that was asked for may have been carried out without a word
    const isSold = (state === 'CONFIRMED' && !asked.has('cancel')) || state === 'SHIPPED';
    if (state === 'HELD') model.held += sign * quantity;
    if (isSold) model.sold += sign * quantity;
  }

  private modelOf(pool: PoolId): PoolModel {
    const known = this.pools.get(pool);
    if (known !== undefined) return known;
    const model = { minted: 0, held: 0, sold: 0 };
    this.pools.set(pool, model);
    return model;
  }
}
