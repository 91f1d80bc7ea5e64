import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import fc from 'fast-check';
import {
  deliverAll,
  escrowProtocol,
  newWorld,
  run,
  type Protocol,
  type World,
} from '../testing/escrow-world.ts';
import { live } from '../testing/lived-stock.ts';
import { stepsAmong } from '../testing/escrow-steps.ts';
import { mutants } from '../testing/mutants.ts';
import { homeCell, pools, spells, stockBatches } from '../testing/stock-commands.ts';
import { emptyBalances, movements } from './accounts.ts';
import { channelOf, emptyStock, positionOf } from './cell-stock.ts';
import { decideBatch } from './escrow.ts';
import { findBreaches, findGlobalBreaches } from './invariants.ts';
import { terminalStates } from './reservation.ts';

const twoCells = [homeCell, 'eu-1' as CellId];
const threeCells = [...twoCells, 'eu-2' as CellId];
const unitsIn = (world: World, account: 'SOLD' | 'SHIPPED'): number =>
  [...world.cells.values()]
    .flatMap(({ pools }) => [...pools.values()])
    .reduce((sum, { balances }) => sum + { ...emptyBalances, ...balances }[account], 0);

const unitsThatExist = 2;

/** The property every protocol must have and no mutant has: of two units, two are sold at most. */
const neverOversells = (protocol: Protocol, cells: readonly CellId[]) =>
  fc.property(stepsAmong(cells), (steps) => {
    const afterMint = steps.filter(({ kind }) => kind !== 'mint');
    const world = run(protocol, newWorld(cells), [
      { kind: 'mint', units: unitsThatExist },
      ...afterMint,
    ]);
    return unitsIn(world, 'SOLD') + unitsIn(world, 'SHIPPED') <= unitsThatExist;
  });

describe('escrow among cells', () => {
  it.each([
    ['two', twoCells],
    ['three', threeCells],
  ])('conserves every unit over %s cells, whatever is lost, doubled or late', (_, cells) => {
    fc.assert(
      fc.property(stepsAmong(cells), (steps) => {
        const world = run(escrowProtocol, newWorld(cells), steps);
        expect([...world.cells.values()].flatMap(findBreaches)).toEqual([]);
        expect(findGlobalBreaches([...world.cells.values()])).toEqual([]);
      }),
      { numRuns: 400, verbose: fc.VerbosityLevel.Verbose },
    );
  });

  it('never sells a unit twice', () => {
    fc.assert(neverOversells(escrowProtocol, twoCells), {
      numRuns: 2000,
      verbose: fc.VerbosityLevel.Verbose,
    });
    fc.assert(neverOversells(escrowProtocol, threeCells), {
      numRuns: 1000,
      verbose: fc.VerbosityLevel.Verbose,
    });
  });

  it('ends in the same state in whatever order and number the grants arrive', () => {
    fc.assert(
      fc.property(stepsAmong(twoCells), fc.infiniteStream(fc.nat()), (steps, dice) => {
        const quiet = steps.filter(({ kind }) => kind !== 'deliver');
        const sent = run(escrowProtocol, newWorld(twoCells), quiet);
        const inOrder = deliverAll(escrowProtocol, sent);
        const shuffled = [...sent.messages, ...sent.messages].toSorted(
          () => (dice.next().value % 3) - 1,
        );
        const permuted = deliverAll(escrowProtocol, { ...sent, messages: shuffled });
        const balances = (world: World) =>
          [...world.cells.values()].map(({ pools }) =>
            [...pools.values()].map((books) => books.balances),
          );
        expect(balances(permuted)).toEqual(balances(inOrder));
      }),
      { numRuns: 300, verbose: fc.VerbosityLevel.Verbose },
    );
  });

  it('leaves nothing in transit once every channel has heard its newest total', () => {
    fc.assert(
      fc.property(stepsAmong(threeCells), (steps) => {
        const world = deliverAll(escrowProtocol, run(escrowProtocol, newWorld(threeCells), steps));
        const books = [...world.cells.values()].flatMap(({ pools }) => [...pools.values()]);
        const sum = (account: 'GRANTED' | 'APPLIED') =>
          books.reduce((total, { balances }) => total + balances[account], 0);
        expect(sum('APPLIED')).toBe(sum('GRANTED'));
      }),
      { numRuns: 300, verbose: fc.VerbosityLevel.Verbose },
    );
  });

  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    'is refuted as a protocol: %s',
    (_, mutant) => {
      const { failed } = fc.check(neverOversells(mutant, twoCells), { numRuns: 50_000 });
      expect(failed).toBe(true);
    },
  );
});

describe('the rules within one cell', () => {
  it('keep every invariant under any batches of commands in any state of the cell', () => {
    fc.assert(
      fc.property(spells, (lived) => {
        let stock = emptyStock(homeCell);
        for (const { state, batches } of lived) {
          stock = { ...stock, state };
          for (const commands of batches) {
            stock = decideBatch(stock, commands, 0).stock;
            expect(findBreaches(stock)).toEqual([]);
          }
        }
      }),
      { numRuns: 600, verbose: fc.VerbosityLevel.Verbose },
    );
  });

  it('change nothing when what was carried out is told again, but for a grant that can give more', () => {
    fc.assert(
      fc.property(spells, (lived) => {
        let stock = emptyStock(homeCell);
        for (const { state, batches } of lived) {
          stock = { ...stock, state };
          for (const commands of batches) {
            const { stock: after, verdicts } = decideBatch(stock, commands, 0);
            const done = commands.filter(
              ({ kind }, at) => verdicts[at]?.changed === true && kind !== 'grant',
            );
            const again = decideBatch(after, done, 0);
            expect(again.stock).toEqual(after);
            expect(again.verdicts.filter(({ changed }) => changed)).toEqual([]);
            stock = after;
          }
        }
      }),
      { numRuns: 200, verbose: fc.VerbosityLevel.Verbose },
    );
  });

  it('count a credit for all that becomes free, so that a proof of "not enough" can rely on it', () => {
    fc.assert(
      fc.property(spells, spells, fc.constantFrom(...pools), (first, second, pool) => {
        const before = live(first);
        const after = live(second, before);
        const [then, now] = [positionOf(before, pool), positionOf(after, pool)];
        const freed = after.journal
          .slice(before.journal.length)
          .filter(({ pool: of, movement }) => of === pool && movements[movement].to === 'FREE');
        if (now.credits === then.credits) {
          expect(freed).toEqual([]);
          expect(now.free).toBeLessThanOrEqual(then.free);
        }
        const grown = now.channels.filter(
          ({ peer, applied }) => applied > channelOf(before, pool, peer).applied,
        );
        // what explains one credit by one arrival leaves no room for another
        if (now.credits === then.credits + 1 && grown.length > 0) {
          expect(freed.filter(({ movement }) => movement !== 'APPLY')).toEqual([]);
        }
      }),
      { numRuns: 1000, verbose: fc.VerbosityLevel.Verbose },
    );
  });

  it('give a reservation one ending', () => {
    expect(terminalStates).toEqual(['RELEASED', 'EXPIRED', 'CANCELLED', 'SHIPPED']);
    fc.assert(
      fc.property(stockBatches, stockBatches, (first, second) => {
        const fold = (batches: typeof first, from = emptyStock(homeCell)) =>
          batches.reduce((stock, commands) => decideBatch(stock, commands, 0).stock, from);
        const before = fold(first);
        const after = fold(second, before);
        for (const [id, { state }] of before.reservations) {
          if (terminalStates.includes(state)) {
            expect(after.reservations.get(id)?.state).toBe(state);
          }
        }
      }),
      { numRuns: 300, verbose: fc.VerbosityLevel.Verbose },
    );
  });
});
