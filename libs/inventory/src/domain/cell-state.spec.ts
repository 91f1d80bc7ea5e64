import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { livedStock } from '../testing/lived-stock.ts';
import { stockCommand } from '../testing/stock-commands.ts';
import { allows, cellStates } from './cell-state.ts';
import { documentKinds, type Command } from './commands.ts';
import { decideBatch } from './escrow.ts';

const kinds: readonly Command['kind'][] = [
  ...documentKinds,
  ...(['reserve', 'confirm', 'release', 'expire', 'cancel', 'ship'] as const),
  ...(['grant', 'apply', 'ack', 'repair', 'readopt'] as const),
];
const ending = ['release', 'expire', 'cancel', 'ship', 'ack'];
const mending = ['ack', 'repair', 'readopt'];

describe('what a cell does', () => {
  it.each([
    ['ACTIVE', kinds.filter((kind) => kind !== 'repair' && kind !== 'readopt')],
    ['DRAINING', ['dispatch', 'confirm', ...ending]],
    ['FENCED', ending],
    ['RECOVERING', mending],
  ] as const)('while %s is only what its row says', (state, expected) => {
    const done = kinds.filter((kind) => allows(state, kind));
    expect(done.toSorted()).toEqual([...expected].toSorted());
  });

  it.each(cellStates)('while %s changes no unit by what is not in its row', (state) => {
    fc.assert(
      fc.property(livedStock(state), stockCommand, (stock, command) => {
        if (allows(state, command.kind)) return;
        const { stock: after, verdicts } = decideBatch(stock, [command], 0);
        expect(verdicts[0]?.changed).toBe(false);
        expect(after.journal).toEqual(stock.journal);
      }),
      { numRuns: 400, verbose: fc.VerbosityLevel.Verbose },
    );
  });
});
