/** How many numbers there are: T1 to T45. */
export const numbersMax = 45;

/**
 * Numbers without a spec, and what each of them waits for. An entry goes with the first spec that has its
 * number in its title; none is added.
 */
export const numbersToCome: ReadonlyMap<number, string> = new Map();

/** Numbers for which no defect is planted, and why: their specs need a whole stack, which a copy has not. */
export const numbersWithoutDefect: ReadonlyMap<number, string> = new Map([
  [14, 'needs a stack'],
  [19, 'needs a stack'],
  [20, 'needs a stack'],
  [21, 'the two people have two keys: nothing less than T1 and T3 together breaks it'],
  [24, 'needs a stack'],
  [26, 'needs a stack'],
  [30, 'a new subject for each registration is what the vault’s primary key demands'],
  [31, 'needs a stack'],
  [32, 'needs a stack'],
  [33, 'needs a stack, and plants the defect itself'],
  [36, 'needs a stack'],
  [37, 'needs a stack'],
  [38, 'needs a stack'],
  [39, 'needs a stack'],
]);
