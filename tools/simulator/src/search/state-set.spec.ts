import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { StateSet } from './state-set.ts';

describe('a set of states', () => {
  it('keeps each vector once, in the order in which they came, however many there are', () => {
    const number = fc.integer({ min: 0, max: 20 });
    const vectors = fc.array(fc.tuple(number, number, number), { maxLength: 9_000, size: 'max' });
    fc.assert(
      fc.property(vectors, (all) => {
        const set = new StateSet(3);
        const distinct = new Set<string>();
        const answers = all.map((vector) =>
          set.add(Int32Array.from(vector), distinct.add(vector.join()).size - 2),
        );
        const kept = new Int32Array(3);
        const back = [...distinct].map((_, name) => {
          set.copyInto(kept, name);
          return { vector: kept.join(), parent: set.parentOf(name) };
        });
        expect(back).toEqual([...distinct].map((vector, name) => ({ vector, parent: name - 1 })));
        expect(answers.filter((name) => name !== undefined)).toEqual(back.map((_, name) => name));
      }),
      { numRuns: 10, verbose: fc.VerbosityLevel.Verbose },
    );
  });
});
