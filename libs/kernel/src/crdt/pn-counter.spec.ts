import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changeCounter, counterValue, emptyCounter, mergeCounters } from './pn-counter.ts';
import type { PnCounter } from './pn-counter.ts';
import type { ReplicaId } from './replica.ts';

const replicas = ['a', 'b', 'c'].map((letter) => letter.repeat(16) as ReplicaId);
const changes = fc.array(fc.tuple(fc.constantFrom(...replicas), fc.integer({ min: -99, max: 99 })));

const grow = (counter: PnCounter, list: readonly (readonly [ReplicaId, number])[]): PnCounter =>
  list.reduce((grown, [replica, change]) => changeCounter(grown, replica, change), counter);
const canonical = (counter: PnCounter): unknown[] => [...counter].sort();

describe('a PN-counter', () => {
  it('counts every change of every replica', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const sum = list.reduce((total, [, change]) => total + change, 0);
        expect(counterValue(grow(emptyCounter, list))).toBe(sum);
      }),
    );
  });

  it('loses nothing when each replica counts alone and copies meet in any order, repeatedly', () => {
    fc.assert(
      fc.property(changes, fc.array(fc.nat(2), { maxLength: 12 }), (list, meetings) => {
        const copies = replicas.map((own) =>
          grow(
            emptyCounter,
            list.filter(([replica]) => replica === own),
          ),
        );
        let met = copies.reduce(mergeCounters);
        for (const index of meetings) met = mergeCounters(copies[index] ?? emptyCounter, met);
        expect(canonical(met)).toEqual(canonical(grow(emptyCounter, list)));
      }),
    );
  });

  it('refuses fractions', () => {
    expect(() => changeCounter(emptyCounter, 'aaaaaaaaaaaaaaaa' as ReplicaId, 0.5)).toThrow(
      RangeError,
    );
  });
});
