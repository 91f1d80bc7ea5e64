import type { CellId } from '@entrepot/kernel';
import type { PoolPosition } from './pool.ts';

/** What a shopper can be told about a quantity of a pool. */
export type Availability =
  | { readonly answer: 'OK' }
  | { readonly answer: 'LOW' }
  /** Units may be on their way from another cell: ask again. */
  | { readonly answer: 'BORROWING' }
  /** All cells together have only this many, above zero. */
  | { readonly answer: 'INSUFFICIENT'; readonly available: number }
  | { readonly answer: 'GLOBAL_EMPTY' }
  /** A cell that may have units does not answer: ask again. */
  | { readonly answer: 'PEER_UNREACHABLE' };

export type AvailabilityAnswer = Availability['answer'];

/** At or below this many free units the shop says that few are left. */
export const lowUnits = 5;

/** A refusal that is final: it will not change by asking again at once. */
export const isFinal = (
  availability: Availability,
): availability is Extract<Availability, { answer: 'INSUFFICIENT' | 'GLOBAL_EMPTY' }> =>
  availability.answer === 'INSUFFICIENT' || availability.answer === 'GLOBAL_EMPTY';

/** The band for a read, from this cell's own units and from fresh proof that there are none anywhere. */
export function bandOf(free: number, isProvenEmpty: boolean): Availability {
  if (free > lowUnits) return { answer: 'OK' };
  if (free > 0) return { answer: 'LOW' };
  return isProvenEmpty ? { answer: 'GLOBAL_EMPTY' } : { answer: 'BORROWING' };
}

/**
 * The proof that a quantity is nowhere to be had: positions of all other cells collected before an
 * instant, this cell's own position at that instant, and the others' again after it. `undefined`
 * stands for a cell that did not answer.
 */
export interface DoubleCollect {
  readonly quantity: number;
  readonly before: readonly (PoolPosition | undefined)[];
  readonly here: PoolPosition;
  readonly after: readonly (PoolPosition | undefined)[];
}

/**
 * Between two collects with equal totals and equal counts of credits nothing arrived in any FREE and
 * nothing changed in transit, so at the instant of `here` no more than this sum existed unsold. If it is
 * below the quantity, the refusal is true whatever happened at other instants.
 *
 * A credit that a SETTLE of the same command takes away again, to pay a debt, is counted all the same:
 * the count may say that something became free which did not, and never the other way round. So a proof
 * may be missed, and none is false. Units in SAFETY, QUARANTINE and SUSPENSE are for sale nowhere and
 * belong to no sum; they come back through FREE, as a counted credit.
 */
export function decideShortage({ quantity, before, here, after }: DoubleCollect): Availability {
  if (here.free >= quantity) return { answer: 'BORROWING' };
  if (after.some((position) => position === undefined)) return { answer: 'PEER_UNREACHABLE' };
  const isStill =
    before.length === after.length &&
    before.every((position, index) => isUnmoved(position, after[index]));
  if (!isStill) return { answer: 'BORROWING' };
  return verdictOn(quantity, [here, ...before.filter((position) => position !== undefined)]);
}

/**
 * The proof where there is one other cell: how it stood at an instant, and this cell's own position
 * before and after that instant.
 */
export interface BracketedLook {
  readonly quantity: number;
  readonly before: PoolPosition;
  readonly other: PoolPosition;
  readonly here: PoolPosition;
}

/**
 * Whatever left this cell's FREE between the two positions only made less of it, and what came in from
 * the other cell was in transit or free there. So if nothing else came in, no more than this sum existed
 * unsold when the other cell was looked at.
 */
export function decideBracketed({ quantity, before, other, here }: BracketedLook): Availability {
  if (here.free >= quantity || !isFedOnlyBy(other.cell, before, here)) {
    return { answer: 'BORROWING' };
  }
  return verdictOn(quantity, [before, other]);
}

function verdictOn(quantity: number, all: readonly PoolPosition[]): Availability {
  const units = all.reduce((sum, { free }) => sum + free, 0) + inTransitBetween(all);
  if (units >= quantity) return { answer: 'BORROWING' };
  return units === 0 ? { answer: 'GLOBAL_EMPTY' } : { answer: 'INSUFFICIENT', available: units };
}

/** Either nothing was credited in between, or one arrival from the other cell and nothing beside it. */
function isFedOnlyBy(other: CellId, before: PoolPosition, after: PoolPosition): boolean {
  const arrived = appliedFrom(other, after) > appliedFrom(other, before) ? 1 : 0;
  return after.credits === before.credits + arrived;
}

const appliedFrom = (cell: CellId, { channels }: PoolPosition): number =>
  channels.find(({ peer }) => peer === cell)?.applied ?? 0;

function isUnmoved(before: PoolPosition | undefined, after: PoolPosition | undefined): boolean {
  return (
    before !== undefined &&
    after !== undefined &&
    before.cell === after.cell &&
    before.credits === after.credits &&
    JSON.stringify(before.channels) === JSON.stringify(after.channels)
  );
}

/** Units given but not yet taken in, over all ordered pairs of the cells. */
function inTransitBetween(positions: readonly PoolPosition[]): number {
  const byCell = new Map(positions.map((position) => [position.cell, position]));
  return positions
    .flatMap(({ cell, channels }) =>
      channels.map(({ peer, granted }) => {
        const receiver = byCell.get(peer)?.channels.find((channel) => channel.peer === cell);
        return granted - (receiver?.applied ?? 0);
      }),
    )
    .reduce((sum, units) => sum + units, 0);
}
