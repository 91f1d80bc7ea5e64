/** How much of its budget a pool has left: asks that are not on behalf of a waiting order, per second. */
export interface BorrowBudget {
  readonly left: number;
  readonly at: number;
}

/** Asks ahead per pool and second, so that one pool that a bot drives cannot fill the channel. */
export const asksAheadPerSecond = 5;

/** The budget after one more ask at `at` (seconds); undefined where it is used up. */
export function spend(budget: BorrowBudget | undefined, at: number): BorrowBudget | undefined {
  const since = budget === undefined ? Infinity : Math.max(0, at - budget.at);
  const left = Math.min(asksAheadPerSecond, (budget?.left ?? 0) + since * asksAheadPerSecond);
  return left >= 1 ? { left: left - 1, at } : undefined;
}
