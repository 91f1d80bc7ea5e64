import type { CellId, OrderId } from '@entrepot/kernel';
import { channelKeyOf, type PoolId } from './pool.ts';
import type { ReservationId, ReservationState } from './reservation.ts';

/** A place in the journal of a cell. Places begin again from what was restored, each time in a higher epoch. */
export interface JournalPlace {
  readonly epoch: number;
  readonly place: number;
}

interface WitnessedPlace extends JournalPlace {
  /** The database server, and how often it was restored or promoted. */
  readonly incarnation: string;
  readonly pool: PoolId;
}

/** What a witness outside of the database knows of one movement of a reservation. */
export interface WitnessedMovement extends WitnessedPlace {
  readonly reservation: ReservationId;
  readonly order: OrderId;
  readonly quantity: number;
  /** After the movement. */
  readonly state: ReservationState;
}

/** What the cell had given a peer and taken in from it when rights had moved between them. */
export interface WitnessedTotals extends WitnessedPlace {
  readonly peer: CellId;
  readonly granted: number;
  readonly applied: number;
}

export type Witnessed = WitnessedMovement | WitnessedTotals;

export const isBelow = (place: JournalPlace, other: JournalPlace): boolean =>
  place.epoch < other.epoch || (place.epoch === other.epoch && place.place < other.place);

/** Where a journal ends. */
export interface JournalEnd extends JournalPlace {
  /** The cell has begun to recover and not heard its own witness yet. */
  readonly isDeaf: boolean;
}

/** What a witness says about a journal. */
export interface Testimony {
  /** The highest place that was told, if any. */
  readonly highest: JournalPlace | undefined;
  /** Movements told last. */
  readonly recent: readonly JournalPlace[];
  /** Places of `recent`, of the journal's own epoch, that the journal does not have. */
  readonly unknown: readonly number[];
}

/**
 * The newest epoch that a witness has heard of a journal that it knows more of; `undefined` where the journal
 * has all that was told. A restored journal may reach as high as the witness and still lack a place below it, as
 * transactions do not end in the order of their places: so the latest records are looked up one by one. A recovery that
 * was begun in an epoch of which a witness knows already, by whoever could not ask it, has to begin above that one: an
 * epoch names one course of events.
 */
export function findForgotten(
  journal: JournalEnd,
  { highest, recent, unknown }: Testimony,
): number | undefined {
  const told = highest === undefined ? recent : [highest, ...recent];
  const isBehind =
    told.some(
      ({ epoch }) => epoch > journal.epoch || (journal.isDeaf && epoch === journal.epoch),
    ) ||
    (highest !== undefined && isBelow(journal, highest)) ||
    unknown.length > 0;
  return isBehind ? Math.max(...told.map(({ epoch }) => epoch)) : undefined;
}

/**
 * How far below the place from which a recovery mends its reading begins: places of transactions that were under
 * way when the backup ended. A process has at most some lanes with some hundred commands each under way.
 */
export const placesInDoubt = 100_000;

/** Of each reservation the record told in the highest epoch and there at the highest place. */
export class NewestMovements {
  private readonly newest = new Map<ReservationId, WitnessedMovement>();

  /** @param mends records of older epochs, and of its own up to its place, are in the books */
  constructor(private readonly mends: JournalPlace) {}

  take(movement: WitnessedMovement): void {
    const { epoch, place } = this.mends;
    if (isBelow(movement, { epoch, place: place - placesInDoubt })) return;
    const known = this.newest.get(movement.reservation);
    if (known === undefined || isBelow(known, movement)) {
      this.newest.set(movement.reservation, movement);
    }
  }

  all(): WitnessedMovement[] {
    return [...this.newest.values()];
  }
}

/** Of each channel the highest totals, in whatever epoch they were told: no total ever falls. */
export class HighestTotals {
  private readonly highest = new Map<string, WitnessedTotals>();

  take(told: WitnessedTotals): void {
    const name = channelKeyOf(told.peer, told.pool);
    const known = this.highest.get(name) ?? told;
    const granted = Math.max(known.granted, told.granted);
    const applied = Math.max(known.applied, told.applied);
    this.highest.set(name, { ...known, granted, applied });
  }

  all(): WitnessedTotals[] {
    return [...this.highest.values()];
  }
}
