import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { bandOf, decideShortage } from './availability.ts';
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

describe('bandOf', () => {
  it('shows a band, and emptiness only with proof', () => {
    expect(bandOf(6, false).answer).toBe('OK');
    expect(bandOf(5, false).answer).toBe('LOW');
    expect(bandOf(0, false).answer).toBe('BORROWING');
    expect(bandOf(0, true).answer).toBe('GLOBAL_EMPTY');
  });
});
