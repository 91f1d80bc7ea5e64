import type { Breach } from './breach.ts';
import { breach } from './breach.ts';

/** A shopper was told that there is not enough of a pool. Times in microseconds since the epoch. */
export interface Refusal {
  readonly pool: string;
  readonly quantity: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** From `at` on a cell had so many units free, had given so many away and taken so many in, ever. */
export interface StockLevel {
  readonly pool: string;
  readonly at: number;
  readonly free: number;
  readonly granted: number;
  readonly applied: number;
}

/** The steps of each pool in one cell, by time. Before its first step a cell had nothing. */
export interface CellSteps {
  readonly cell: string;
  readonly steps: readonly StockLevel[];
}

/** Free units of all cells and those on their way, from `at` on. */
interface Step {
  readonly at: number;
  readonly units: number;
}

/**
 * A refusal is false when at every instant of the request the free units of all cells and those on
 * their way together would have been enough.
 */
export function findFalseRefusals(
  refusals: readonly Refusal[],
  cells: readonly CellSteps[],
): Breach[] {
  const byPool = refusals.length === 0 ? new Map<string, Step[]>() : levelsByPool(cells);
  return refusals.flatMap(({ pool, quantity, startedAt, endedAt }) => {
    const least = leastWithin(byPool.get(pool) ?? [], startedAt, endedAt);
    if (least < quantity) return [];
    const row = { pool, quantity, least, startedAt, endedAt };
    return [breach('FALSE_REFUSAL', row)];
  });
}

function levelsByPool(cells: readonly CellSteps[]): Map<string, Step[]> {
  const changes = cells.flatMap(({ cell, steps }) => steps.map((step) => ({ cell, ...step })));
  const byPool = Map.groupBy(changes, ({ pool }) => pool);
  return new Map(
    [...byPool].map(([pool, of]) => {
      const now = new Map<string, number>();
      const inTimeOrder = of.toSorted((a, b) => a.at - b.at);
      return [
        pool,
        inTimeOrder.map(({ cell, at, free, granted, applied }) => {
          now.set(cell, free + granted - applied);
          return { at, units: [...now.values()].reduce((sum, units) => sum + units, 0) };
        }),
      ];
    }),
  );
}

function leastWithin(steps: readonly Step[], from: number, until: number): number {
  const before = steps.findLast(({ at }) => at <= from)?.units ?? 0;
  const during = steps.filter(({ at }) => at > from && at <= until).map(({ units }) => units);
  return Math.min(before, ...during);
}
