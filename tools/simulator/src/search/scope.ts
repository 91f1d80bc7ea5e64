import { homeCell } from '@entrepot/inventory/model';
import type { CellId } from '@entrepot/kernel';

/** The bounds of a search. Whatever can happen within them happens, in every order. */
export interface SearchScope {
  /** The first is the home of the warehouse. */
  readonly cells: readonly CellId[];
  /** Units that can arrive at the warehouse, one delivery each. */
  readonly units: number;
  /** Units that the warehouse can find to be gone, one at a time, sold or not. */
  readonly losses: number;
  /** Units of each reservation that can be asked for, in every cell. */
  readonly reservations: readonly number[];
  /** The highest total that any ask names: it bounds how often units go to and fro. */
  readonly levelMax: number;
  /**
   * Asks are sent when a cell wants something, with what it had taken in by then; or every cell has asked
   * every other for the highest level before anything happens, which lets donors give the same units at
   * the same instants and keeps the asks themselves out of the states.
   */
  readonly asks: 'any-time' | 'beforehand';
}

/** Two reservations per cell, of one unit each, so that all cells together ask for more than there is. */
export function scopeOf(cells: number, units: number, of: Partial<SearchScope> = {}): SearchScope {
  const peers = Array.from({ length: cells - 1 }, (_, at) => `eu-${at + 1}` as CellId);
  return {
    cells: [homeCell, ...peers],
    units,
    losses: 0,
    reservations: Array.from({ length: 2 }, () => 1),
    levelMax: units,
    asks: cells === 2 ? 'any-time' : 'beforehand',
    ...of,
  };
}
