import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import fc from 'fast-check';
import { stepsAmong } from '../testing/escrow-steps.ts';
import {
  command,
  deliverAll,
  escrowProtocol,
  newWorld,
  run,
  stockOf,
  thePool,
  type Step,
  type World,
} from '../testing/escrow-world.ts';
import { homeCell } from '../testing/stock-commands.ts';
import { channelOf } from './cell-stock.ts';
import { findBreaches, findGlobalBreaches } from './invariants.ts';
import { askWithin, grantWithin, unitsPerAskMax, unitsWithin } from './plan-bounds.ts';

const cells = [homeCell, 'eu-1', 'eu-2'] as CellId[];

/** What no planner should say: everything, nothing, less than nothing, parts of units, no number at all. */
const hostileNumber = fc.constantFrom(
  0,
  -1,
  -Infinity,
  Infinity,
  NaN,
  1e300,
  Number.MAX_SAFE_INTEGER + 2,
  0.5,
  2.999,
  -0,
  3,
);

interface HostileAsk {
  readonly kind: 'hostile ask';
  readonly donor: CellId;
  readonly receiver: CellId;
  readonly need: number;
  readonly units: number;
  readonly gives: number;
}

const hostileAsk: fc.Arbitrary<HostileAsk> = fc.record({
  kind: fc.constant('hostile ask' as const),
  donor: fc.constantFrom(...cells),
  receiver: fc.constantFrom(...cells),
  need: hostileNumber,
  units: hostileNumber,
  gives: hostileNumber,
});

/** Asks and grants as the use cases make them of a plan, and the message that the grant sends. */
function obey(world: World, { donor, receiver, need, units, gives }: HostileAsk): World {
  if (donor === receiver) return world;
  const { applied } = channelOf(stockOf(world, receiver), thePool, donor);
  const ask = askWithin(thePool, { need, units }, applied);
  const before = channelOf(stockOf(world, donor), thePool, receiver).granted;
  const granting = grantWithin({ ...ask, acked: applied }, receiver, gives);
  const asked = command(world, donor, granting);
  const total = channelOf(stockOf(asked, donor), thePool, receiver).granted;
  const message = { from: donor, to: receiver, pool: thePool, total, units: total - before };
  return total === 0 ? asked : { ...asked, messages: [...asked.messages, message] };
}

const obeyAll = (world: World, steps: readonly (Step | HostileAsk)[]): World =>
  steps.reduce(
    (now, step) =>
      step.kind === 'hostile ask'
        ? obey({ ...now, steps: now.steps + 1 }, step)
        : run(escrowProtocol, now, [step]),
    world,
  );

const stepsUnderHostility = fc
  .tuple(stepsAmong(cells), fc.array(hostileAsk, { maxLength: 40, size: 'max' }), fc.integer())
  .map(([steps, asks, seed]) => {
    const mixed: (Step | HostileAsk)[] = [...steps];
    for (const [at, ask] of asks.entries()) {
      mixed.splice(Math.abs(seed + at * 7) % (mixed.length + 1), 0, ask);
    }
    return [{ kind: 'mint' as const, units: 3 }, ...mixed];
  });

describe('a hostile planner', () => {
  it('breaks no invariant, whatever it asks for and gives', () => {
    let given = 0;
    fc.assert(
      fc.property(stepsUnderHostility, (steps) => {
        const world = obeyAll(newWorld(cells), steps);
        for (const one of [world, deliverAll(escrowProtocol, world)]) {
          const stocks = [...one.cells.values()];
          expect(stocks.flatMap(findBreaches)).toEqual([]);
          expect(findGlobalBreaches(stocks)).toEqual([]);
        }
        given += world.messages.filter(({ units }) => units > 0).length;
      }),
      { numRuns: 500, verbose: fc.VerbosityLevel.Verbose },
    );
    // it was obeyed, and not just left unheard
    expect(given).toBeGreaterThan(500);
  });

  it('reaches the rules as whole units only', () => {
    fc.assert(
      fc.property(hostileNumber, hostileNumber, fc.nat(), (need, units, applied) => {
        const ask = askWithin(thePool, { need, units }, applied);
        expect(Number.isSafeInteger(ask.level) && ask.level >= 0).toBe(true);
        expect(ask.need).toBeLessThanOrEqual(Math.max(0, ask.level - applied));
        const { ceiling } = grantWithin({ ...ask, acked: 0 }, homeCell, units);
        expect(Number.isSafeInteger(ceiling) && ceiling >= 0).toBe(true);
      }),
      { verbose: fc.VerbosityLevel.Verbose },
    );
    expect(unitsWithin(NaN)).toBe(0);
    expect(unitsWithin(Infinity)).toBe(unitsPerAskMax);
    expect(unitsWithin(2.9, 2)).toBe(2);
  });
});
