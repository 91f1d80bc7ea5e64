/** Seconds of a clock that does not go back, for rates and budgets. */
export const steadySeconds = (): number => performance.now() / 1_000;
