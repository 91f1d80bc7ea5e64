import { describe, expect, it } from '@jest/globals';
import {
  asksAheadPerSecond,
  poolsAheadPerSecond,
  spend,
  type BorrowBudget,
} from './borrow-budget.ts';

describe('the borrow budget', () => {
  it.each([
    ['a pool', asksAheadPerSecond],
    ['a cell', poolsAheadPerSecond],
  ])('lets %s ask ahead so often per second, and no oftener after a long rest', (_, most) => {
    let budget: BorrowBudget | undefined;
    let asked = 0;
    for (let at = 100; at < 110; at += 0.0005) {
      const next = spend(budget, at, most);
      if (next === undefined) continue;
      budget = next;
      asked += 1;
    }
    expect(asked).toBeGreaterThanOrEqual(10 * most);
    expect(asked).toBeLessThanOrEqual(11 * most);
  });

  it('gives nothing for a clock that went back', () => {
    expect(spend({ left: 0.5, at: 100 }, 50)).toBeUndefined();
  });
});
