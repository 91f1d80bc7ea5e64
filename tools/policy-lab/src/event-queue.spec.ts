import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventQueue } from './event-queue.ts';

describe('EventQueue', () => {
  it('does what is due in the order of the instants, and of being added at one instant', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 9 })), (instants) => {
        const queue = new EventQueue();
        const done: { at: number; turn: number }[] = [];
        for (const [turn, at] of instants.entries()) queue.add(at, () => done.push({ at, turn }));
        queue.runUntil(Infinity);
        const expected = instants
          .map((at, turn) => ({ at, turn }))
          .toSorted((one, other) => one.at - other.at || one.turn - other.turn);
        expect(done).toEqual(expected);
      }),
      { verbose: fc.VerbosityLevel.Verbose },
    );
  });

  it('stops at an instant and goes on from there', () => {
    const queue = new EventQueue();
    const done: number[] = [];
    queue.add(1, () => {
      done.push(queue.now);
      queue.add(queue.now + 1, () => done.push(queue.now));
    });
    queue.runUntil(1.5);
    expect([done, queue.now]).toEqual([[1], 1.5]);
    queue.runUntil(Infinity);
    expect(done).toEqual([1, 2]);
  });
});
