import type { CellId } from '@entrepot/kernel';
import type { PoolId } from './pool.ts';

/** One cell's wish for units of a pool that another cell holds. */
export interface Ask {
  readonly pool: PoolId;
  /** Cumulative: what the asker has taken in from this donor plus what it wants now. */
  readonly level: number;
  /** Units that somebody is waiting for; the rest of the wish is stock-keeping. */
  readonly need: number;
}

/** How many times its need a cell asks for, so that the next order finds the units at home. */
const asksAhead = 4;
/** At or below this many free units a donor gives what is needed and nothing ahead: the tail of a sale. */
const tailUnits = 20;

/** The level to ask a donor for: what is missing now, and some ahead of demand. */
export const levelFor = (appliedTotal: number, need: number): number =>
  appliedTotal + need * (1 + asksAhead);

/**
 * How many units policy lets a donor give this time. It bounds traffic between cells and cannot touch
 * safety: whatever it answers, the rules clamp to what is free and never beyond the level.
 */
export function ceilingFor(ask: Pick<Ask, 'need'>, donorFree: number): number {
  const needed = Math.min(ask.need, donorFree);
  const spare = donorFree - needed;
  return needed + (donorFree <= tailUnits ? 0 : Math.floor(spare / 2));
}

/**
 * Whether a donor whose own orders wait for the same pool still gives: only to an asker of higher
 * priority, the pool's home first and then the lower cell id. Without it two cells that each hold half of
 * what either needs would hand the units to and fro and both fail.
 */
export function surrenders(
  donor: CellId,
  asker: CellId,
  situation: { readonly home: CellId; readonly isDonorWaiting: boolean },
): boolean {
  if (!situation.isDonorWaiting) return true;
  if (asker === situation.home) return true;
  if (donor === situation.home) return false;
  return asker < donor;
}
