import type { CellId } from '@entrepot/kernel';
import fc from 'fast-check';
import { transitions, type TransitionKind } from '../domain/reservation.ts';
import type { Step } from './escrow-world.ts';

const endings = Object.keys(transitions) as TransitionKind[];

/** Anything that may happen among cells that sell units of one pool, in any order. */
export const stepsAmong = (cells: readonly CellId[]): fc.Arbitrary<Step[]> => {
  const cell = fc.constantFrom(...cells);
  const units = fc.constantFrom(1, 1, 2, 3);
  const which = fc.nat({ max: 11 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ kind: fc.constant('mint' as const), units }),
    fc.record({ kind: fc.constantFrom('lose', 'setAside', 'clear' as const), units }),
    fc.record({ kind: fc.constantFrom('hold', 'sell', 'sell' as const), cell, units }),
    fc.record({ kind: fc.constant('end' as const), which, how: fc.constantFrom(...endings) }),
    fc.record({ kind: fc.constant('ask' as const), donor: cell, receiver: cell, units }),
    fc.record({ kind: fc.constantFrom('deliver', 'deliver', 'timeOut' as const), which }),
    fc.record({ kind: fc.constantFrom('report', 'silence', 'leaseEnds', 'crash' as const), cell }),
    fc.record({
      kind: fc.constant('failOver' as const),
      cell,
      behind: fc.integer({ min: 1, max: 2 }),
    }),
  );
  return fc.array(step, { maxLength: 40, size: 'max' });
};
