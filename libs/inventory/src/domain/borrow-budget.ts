/** How much is left of a budget: asks that are not on behalf of a waiting order, per second. */
export interface BorrowBudget {
  readonly left: number;
  readonly at: number;
}

/** Asks ahead per pool and second, so that one pool that a bot drives cannot fill the channel. */
export const asksAheadPerSecond = 5;
/** Pools that a cell asks ahead for in a second, so that many of them leave the channel to orders that wait. */
export const poolsAheadPerSecond = 1_000;

/**
 * The budget after one more ask; undefined where it is used up.
 * @param at in seconds.
 * @param perSecond what comes to it in a second, and the most that it holds.
 */
export function spend(
  budget: BorrowBudget | undefined,
  at: number,
  perSecond = asksAheadPerSecond,
): BorrowBudget | undefined {
  const since = budget === undefined ? Infinity : Math.max(0, at - budget.at);
  const left = Math.min(perSecond, (budget?.left ?? 0) + since * perSecond);
  return left >= 1 ? { left: left - 1, at } : undefined;
}
