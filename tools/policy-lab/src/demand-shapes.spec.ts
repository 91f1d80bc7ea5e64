import { describe, expect, it } from '@jest/globals';
import {
  comparedPolicies,
  cutShapes,
  demandShapes,
  simulateShape,
  type DemandShape,
} from './demand-shapes.ts';
import { borrowOnly, planned, staticSplit } from './policies.ts';

const runs = 3;
/** Where a few units lie decides how a cut ends. */
const runsInCut = 20;
/** A few units more or less count for much in a small pool. */
const runsOfSmall = 200;
const runsFor = ({ stock }: DemandShape): number => (stock > 20 ? runs : runsOfSmall);
/** The largest shape takes as long as all others together. */
const shapes = demandShapes.filter(({ stock }) => stock <= 1_000);

describe('the planner in the demand shapes', () => {
  it.each(shapes.map((shape) => [JSON.stringify(shape).slice(0, 60), shape] as const))(
    'refuses nobody wrongly, and beats the other policies at %s',
    (_, shape) => {
      const [kept, failing, borrowing, ahead] = comparedPolicies.map((policy) =>
        simulateShape(policy, shape, { runs: runsFor(shape) }),
      );
      expect(ahead?.falsePercent).toBe(0);
      expect(kept?.falsePercent).toBeGreaterThan(0);
      expect(failing?.falsePercent).toBeGreaterThan(0);
      expect(ahead?.waitedPercent).toBeLessThan(borrowing?.waitedPercent ?? 0);
      const messagesNoted = shape.noted[planned().name]?.messagesPerThousand ?? 0;
      expect(ahead?.messagesPerThousand).toBeLessThan(2 * messagesNoted);
      // a pool of 20 units is all tail: the last unit lies in one cell, and the next who wants it may be elsewhere
      expect(ahead?.waitedPercent).toBeLessThan(shape.stock > 20 ? 1 : 2);
    },
  );

  it('has moved rights to where they sell before a border is cut', () => {
    for (const [shape, cut] of cutShapes) {
      const [kept, , borrowing, ahead] = comparedPolicies.map((policy) =>
        simulateShape(policy, shape, { runs: runsInCut, cut }),
      );
      for (const other of [kept, borrowing]) {
        expect(ahead?.falsePercent).toBeLessThanOrEqual((other?.falsePercent ?? 0) / 2);
      }
    }
  });

  it('keeps to a right forecast, as good in a cut as a split that nobody touches', () => {
    for (const [shape, cut] of cutShapes) {
      const [kept, ahead] = [staticSplit, planned()].map((policy) =>
        simulateShape(policy, shape, { runs: runsInCut, cut, isForecast: true }),
      );
      expect(ahead?.falsePercent).toBeLessThan(1.5 * (kept?.falsePercent ?? 0) + 0.5);
    }
  });

  it('takes few messages for a few units', () => {
    const few: DemandShape = { stock: 5, wishesPerSecond: 2, firstShare: 0.7, noted: {} };
    const [only, ahead] = [borrowOnly, planned()].map((policy) =>
      simulateShape(policy, few, { runs: runsOfSmall }),
    );
    expect(ahead?.messagesPerThousand).toBeLessThan(1.5 * (only?.messagesPerThousand ?? 0));
    expect(ahead?.waitedPercent).toBeLessThan(only?.waitedPercent ?? 0);
  });

  it('gives the same figures for the same seeds', () => {
    const [, shape] = shapes;
    if (shape === undefined) throw new RangeError('no shape');
    expect(simulateShape(planned(), shape, { runs: 2 })).toEqual(
      simulateShape(planned(), shape, { runs: 2 }),
    );
  });
});
