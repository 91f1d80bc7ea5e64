import { describe, expect, it } from '@jest/globals';
import type { CellId } from '@entrepot/kernel';
import { ceilingFor, surrenders } from './grant-policy.ts';

const [india, europe, france] = ['in-1', 'eu-1', 'eu-2'] as CellId[] as [CellId, CellId, CellId];

describe('ceilingFor', () => {
  it('gives what is needed, and half of the rest while there is plenty', () => {
    expect(ceilingFor({ need: 10 }, 100)).toBe(55);
    expect(ceilingFor({ need: 10 }, 20)).toBe(10);
    expect(ceilingFor({ need: 10 }, 4)).toBe(4);
    expect(ceilingFor({ need: 0 }, 100)).toBe(50);
  });
});

describe('surrenders', () => {
  it('gives to anyone while nobody here waits', () => {
    expect(surrenders(india, europe, { home: india, isDonorWaiting: false })).toBe(true);
  });

  it('gives one of any two waiting cells way to the other, never both, never neither', () => {
    for (const home of [india, europe, france]) {
      for (const one of [india, europe, france]) {
        for (const two of [india, europe, france].filter((cell) => cell !== one)) {
          const gives = surrenders(one, two, { home, isDonorWaiting: true });
          const gets = surrenders(two, one, { home, isDonorWaiting: true });
          expect(gives).not.toBe(gets);
        }
      }
    }
  });
});
