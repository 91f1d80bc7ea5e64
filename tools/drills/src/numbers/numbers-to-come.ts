/** How many numbers there are: T1 to T45. */
export const numbersMax = 45;

/**
 * Numbers without a spec, and what each of them waits for. An entry goes with the first spec that has its
 * number in its title; none is added.
 */
export const numbersToCome: ReadonlyMap<number, string> = new Map([
  [22, 'invoices under a fiscal key'],
  [23, 'fields kept under a law for a time'],
  [29, 'recipients outside of the cell'],
  [33, 'the scan of the other cell as a spec, with its control'],
  [34, 'a fuzz of the border'],
  [35, 'egress of a cell by name and address'],
  [36, 'an inventory of credentials of other cells'],
  [38, 'forced errors on every endpoint with canaries'],
  [39, 'the admin address of one region asked from the other'],
  [41, 'the export of one’s data'],
  [42, 'restriction, honoured by every reader'],
  [43, 'objection, and a campaign that stops'],
  [45, 'the withdrawal of a consent'],
]);

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
  [37, 'needs a stack'],
]);
