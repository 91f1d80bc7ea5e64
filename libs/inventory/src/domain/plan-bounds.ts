import type { CellId } from '@entrepot/kernel';
import type { Grant } from './commands.ts';
import type { Ask } from './grant-policy.ts';
import type { PoolId } from './pool.ts';
import type { PlannedAsk } from './rebalance-plan.ts';

/** The most units that one ask may wish for or one grant may give. */
export const unitsPerAskMax = 1_000_000_000;

/** Whatever a plan says, as whole units: 0 for what is no number or negative, never more than `most`. */
export const unitsWithin = (wish: number, most: number = unitsPerAskMax): number =>
  Number.isNaN(wish) ? 0 : Math.floor(Math.max(0, Math.min(wish, most)));

/**
 * The only way from a plan to an ask: what is wished for as a cumulative level above what was taken in.
 * @param applied what the asker has taken in from this donor, ever.
 */
export function askWithin(
  pool: PoolId,
  { need, units }: Pick<PlannedAsk, 'need' | 'units'>,
  applied: number,
): Ask {
  const wished = unitsWithin(units);
  return { pool, level: wished > 0 ? applied + wished : 0, need: unitsWithin(need, wished) };
}

/** The only way from a plan to a grant; the rules then clamp to what is free and to the level. */
export const grantWithin = (
  ask: Pick<Ask, 'pool' | 'level'> & { readonly acked: number },
  peer: CellId,
  planned: number,
): Grant => ({
  kind: 'grant',
  pool: ask.pool,
  peer,
  level: ask.level,
  acked: ask.acked,
  ceiling: unitsWithin(planned),
});
