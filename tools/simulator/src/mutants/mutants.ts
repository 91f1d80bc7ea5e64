import { escrow, type Protocol } from '../cell/protocol.ts';
import type { Mutant } from './mutant.ts';
import { recoveryMutants } from './recovery-mutants.ts';
import { protocolMutants } from './protocol-mutants.ts';
import { reducerMutants } from './reducer-mutants.ts';

/** Every planted bug; the simulator must find each. */
export const mutants: readonly Mutant[] = [
  ...protocolMutants,
  ...reducerMutants,
  ...recoveryMutants,
];

/** @throws RangeError when no bug has the name. */
export function protocolOf(mutant: string | undefined): Protocol {
  if (mutant === undefined) return escrow;
  const found = mutants.find(({ name }) => name === mutant);
  if (found === undefined) throw new RangeError(`no planted bug is called ${mutant}`);
  return { ...escrow, ...found.change };
}
