import type { CellId } from '@entrepot/kernel';
import { openingSplit } from './rebalance-plan.ts';

/** What part of the demand is expected in a cell, by its id, as weights of any sum; none where it is not named. */
export type DemandForecast = Readonly<Record<string, number>>;

/** Units that a cell other than the home begins with. */
export interface OpeningShare {
  readonly cell: CellId;
  readonly quantity: number;
}

/**
 * What the other cells get of units that come to a warehouse: parts by the forecast, and even ones where
 * there is none. Whole units; what cannot be shared evenly stays at the home.
 */
export function openingShares(
  units: number,
  { home, others }: { readonly home: CellId; readonly others: readonly CellId[] },
  forecast: DemandForecast | undefined,
): OpeningShare[] {
  if (forecast === undefined) {
    const even = Math.floor(units / (1 + others.length));
    return others.map((cell) => ({ cell, quantity: even }));
  }
  const weights = [home, ...others].map((cell) => forecast[cell] ?? 0);
  const [, ...parts] = openingSplit(units, weights);
  return others.map((cell, at) => ({ cell, quantity: parts[at] ?? 0 }));
}
