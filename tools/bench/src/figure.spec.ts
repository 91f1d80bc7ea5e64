import { describe, expect, it } from '@jest/globals';
import { figureOf, median, percentile } from './figure.ts';
import type { Round } from './figure.ts';

const round = (perSecond: number, failures: Round['failures'] = {}): Round => ({
  perSecond,
  p50Ms: 1,
  p99Ms: 2,
  failures,
});

describe('figures', () => {
  it('take the median of the rounds, so that one disturbed round changes little', () => {
    const figure = figureOf('list', [round(900), round(10), round(1_000)], {
      name: 'trivial',
      perSecond: 9_000,
    });
    expect(figure.perSecond).toBe(900);
    expect(figure.ratio).toBe(0.1);
  });

  it('add up the failures of every round, the disturbed ones included', () => {
    const rounds = [round(1, { '503': 2 }), round(1, { '503': 1, NO_ANSWER: 4 }), round(1)];
    const figure = figureOf('list', rounds, { name: 'trivial', perSecond: 1 });
    expect(figure.failures).toEqual({ '503': 3, NO_ANSWER: 4 });
  });

  it('know middle and rank of few and of no values', () => {
    expect([median([3, 1]), median([5, 1, 3]), median([])]).toEqual([2, 3, 0]);
    expect([percentile([4, 1, 3, 2], 50), percentile([7], 99), percentile([], 99)]).toEqual([
      2, 7, 0,
    ]);
  });
});
