import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import fc from 'fast-check';
import { stepsAmong } from '../testing/escrow-steps.ts';
import {
  escrowProtocol,
  newWorld,
  run,
  stockOf,
  thePool,
  type World,
} from '../testing/escrow-world.ts';
import { bandOf, decideBracketed, decideShortage, isFinal } from './availability.ts';
import { positionOf } from './cell-stock.ts';
import { poolIdOf, type PoolPosition } from './pool.ts';

const [home, peer] = ['in-1', 'eu-1'] as CellId[] as [CellId, CellId];
const position = (cell: CellId, free: number, of: Partial<PoolPosition> = {}): PoolPosition => ({
  cell,
  pool: poolIdOf('blr', 'mug'),
  free,
  credits: 1,
  channels: [],
  ...of,
});
const still = { before: [position(peer, 2)], after: [position(peer, 2)] };

describe('decideShortage', () => {
  it('says INSUFFICIENT with the number when all cells stood still and had fewer', () => {
    expect(decideShortage({ quantity: 6, here: position(home, 3), ...still })).toEqual({
      answer: 'INSUFFICIENT',
      available: 5,
    });
  });

  it('says GLOBAL_EMPTY when nothing is free or in transit', () => {
    const none = [position(peer, 0)];
    const here = position(home, 0);
    expect(decideShortage({ quantity: 1, here, before: none, after: none })).toEqual({
      answer: 'GLOBAL_EMPTY',
    });
  });

  it.each([
    ['all cells together have enough', { quantity: 5 }],
    ['there was only one look', { before: [] }],
    ['something became free between the looks', { after: [position(peer, 2, { credits: 2 })] }],
    [
      'something was given between the looks',
      {
        after: [position(peer, 2, { channels: [{ peer: home, granted: 4, applied: 0 }] })],
      },
    ],
  ])('says BORROWING when %s', (_, change) => {
    const here = position(home, 3);
    expect(decideShortage({ quantity: 6, here, ...still, ...change }).answer).toBe('BORROWING');
  });

  it('counts units in transit, once', () => {
    const onTheWay = [position(peer, 0, { channels: [{ peer: home, granted: 4, applied: 0 }] })];
    const here = position(home, 0, { channels: [{ peer, granted: 0, applied: 1 }] });
    const looks = { here, before: onTheWay, after: onTheWay };
    expect(decideShortage({ quantity: 3, ...looks }).answer).toBe('BORROWING');
    expect(decideShortage({ quantity: 4, ...looks })).toEqual({
      answer: 'INSUFFICIENT',
      available: 3,
    });
  });

  it('says PEER_UNREACHABLE when a cell that may have units is silent', () => {
    const silent = { before: [undefined], after: [undefined] };
    const here = position(home, 0);
    expect(decideShortage({ quantity: 1, here, ...silent }).answer).toBe('PEER_UNREACHABLE');
  });
});

describe('decideBracketed', () => {
  const before = position(home, 3);
  const other = position(peer, 2);
  const arrival = {
    credits: 2,
    channels: [{ peer, granted: 0, applied: 4 }],
  };

  it('says INSUFFICIENT when nothing came in at home around the look', () => {
    const here = position(home, 1);
    expect(decideBracketed({ quantity: 6, before, other, here })).toEqual({
      answer: 'INSUFFICIENT',
      available: 5,
    });
  });

  it('counts what the other cell had given when it was looked at, arrived or not', () => {
    const gave = position(peer, 0, { channels: [{ peer: home, granted: 4, applied: 0 }] });
    for (const here of [position(home, 3), position(home, 7, arrival)]) {
      expect(decideBracketed({ quantity: 8, before, other: gave, here })).toEqual({
        answer: 'INSUFFICIENT',
        available: 7,
      });
    }
  });

  it.each([
    ['both cells have enough together', { quantity: 5 }],
    ['enough is here by now', { here: position(home, 6) }],
    ['something else came in at home', { here: position(home, 3, { credits: 2 }) }],
    ['more came in than one arrival', { here: position(home, 3, { ...arrival, credits: 3 }) }],
  ])('says BORROWING when %s', (_, change) => {
    const here = position(home, 3);
    expect(decideBracketed({ quantity: 6, before, other, here, ...change }).answer).toBe(
      'BORROWING',
    );
  });

  it('never says that there are fewer units than there were at the look', () => {
    const instant = fc.nat({ max: 40 });
    const instants = fc.tuple(instant, instant, instant);
    fc.assert(
      fc.property(stepsAmong([home, peer]), instants, fc.boolean(), (steps, at, isAtHome) => {
        const [asker, asked] = isAtHome ? [home, peer] : [peer, home];
        const [first = 0, middle = 0, last = 0] = at.toSorted((left, right) => left - right);
        const worldAt = (end: number): World =>
          run(escrowProtocol, newWorld([home, peer]), steps.slice(0, end));
        const found = decideBracketed({
          quantity: 1_000,
          before: positionOf(stockOf(worldAt(first), asker), thePool),
          other: positionOf(stockOf(worldAt(middle), asked), thePool),
          here: positionOf(stockOf(worldAt(last), asker), thePool),
        });
        if (!isFinal(found)) return;
        const available = found.answer === 'INSUFFICIENT' ? found.available : 0;
        expect(unsoldIn(worldAt(middle))).toBeLessThanOrEqual(available);
      }),
      { numRuns: 2_000, verbose: fc.VerbosityLevel.Verbose },
    );
  });

  /** Free or in transit, over both cells. */
  function unsoldIn(world: World): number {
    return [home, peer].reduce((sum, cell) => {
      const { free, channels } = positionOf(stockOf(world, cell), thePool);
      const sent = channels.reduce((all, { granted, applied }) => all + granted - applied, 0);
      return sum + free + sent;
    }, 0);
  }
});

describe('bandOf', () => {
  it('shows a band, and emptiness only with proof', () => {
    expect(bandOf(6, false).answer).toBe('OK');
    expect(bandOf(5, false).answer).toBe('LOW');
    expect(bandOf(0, false).answer).toBe('BORROWING');
    expect(bandOf(0, true).answer).toBe('GLOBAL_EMPTY');
  });
});
