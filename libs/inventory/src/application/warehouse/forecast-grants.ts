import type { CellId } from '@entrepot/kernel';
import type { Grant, Verdict } from '../../domain/commands.ts';
import { openingShares, type DemandForecast } from '../../domain/opening-shares.ts';
import type { PoolId } from '../../domain/pool.ts';
import type { ActStep, WarehouseAct } from './warehouse-act.ts';

/** Goods that are shared with other cells as soon as they are taken in. */
export interface ForecastArrival {
  readonly pool: PoolId;
  readonly home: CellId;
  readonly units: number;
  readonly forecast: DemandForecast;
}

/**
 * What of a receipt is shared at once, by pool: the units that came free of it, as a debt is paid first.
 * What had arrived before under the same transfer is not shared again, and none of a receipt without a forecast, which stays at home for the planner to move.
 */
export function forecastArrivals(
  { forecast }: WarehouseAct,
  steps: readonly ActStep[],
  verdicts: readonly Verdict[],
): readonly ForecastArrival[] {
  if (forecast === undefined) return [];
  const arrivals = new Map<PoolId, ForecastArrival>();
  for (const [at, { command }] of steps.entries()) {
    const verdict = verdicts[at];
    if (command.kind !== 'mint' || verdict?.changed !== true) continue;
    const { pool, home, quantity } = command;
    const before = arrivals.get(pool)?.units ?? 0;
    const units = Math.min(before + quantity, verdict.free);
    arrivals.set(pool, { pool, home, units, forecast });
  }
  return [...arrivals.values()];
}

/** Asks what each peer was ever given of the pools: a level of 0 gives nothing. */
export const standingGrants = (
  arrivals: readonly ForecastArrival[],
  peers: readonly CellId[],
): readonly Grant[] =>
  arrivals.flatMap(({ pool }) =>
    peers.map((peer): Grant => ({ kind: 'grant', pool, peer, level: 0, ceiling: 0, acked: 0 })),
  );

/** @param totals what each peer was ever given, in the order of `standingGrants`. */
export function forecastGrants(
  arrivals: readonly ForecastArrival[],
  peers: readonly CellId[],
  totals: readonly number[],
): readonly Grant[] {
  return arrivals.flatMap(({ pool, home, units, forecast }, of) =>
    openingShares(units, { home, others: peers }, forecast).flatMap(({ cell, quantity }, at) => {
      const level = (totals[of * peers.length + at] ?? 0) + quantity;
      const grant: Grant = { kind: 'grant', pool, peer: cell, level, ceiling: quantity, acked: 0 };
      return quantity > 0 ? [grant] : [];
    }),
  );
}
