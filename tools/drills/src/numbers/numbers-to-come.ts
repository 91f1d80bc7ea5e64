/** How many numbers there are: T1 to T45. */
export const numbersMax = 45;

/**
 * Numbers without a spec, and what each of them waits for. An entry goes with the first spec that has its
 * number in its title; none is added.
 */
export const numbersToCome: ReadonlyMap<number, string> = new Map();

/** Numbers for which no defect is planted, and why. */
export const numbersWithoutDefect: ReadonlyMap<number, string> = new Map();
