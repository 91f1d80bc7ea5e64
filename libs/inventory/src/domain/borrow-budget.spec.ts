import { describe, expect, it } from '@jest/globals';
import { asksAheadPerSecond, spend, type BorrowBudget } from './borrow-budget.ts';

describe('the borrow budget', () => {
  it('lets a pool ask ahead so often per second, and no oftener after a long rest', () => {
    let budget: BorrowBudget | undefined;
    let asked = 0;
    for (let at = 100; at < 110; at += 0.01) {
      const next = spend(budget, at);
      if (next === undefined) continue;
      budget = next;
      asked += 1;
    }
    expect(asked).toBeGreaterThanOrEqual(10 * asksAheadPerSecond);
    expect(asked).toBeLessThanOrEqual(11 * asksAheadPerSecond);
  });

  it('gives nothing for a clock that went back', () => {
    expect(spend({ left: 0.5, at: 100 }, 50)).toBeUndefined();
  });
});
