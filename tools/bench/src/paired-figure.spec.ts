import { describe, expect, it } from '@jest/globals';
import { measureInTurns, pairedFigure } from './paired-figure.ts';
import type { Aim } from './paired-figure.ts';

const question = { name: 'read', unit: 'ms', baseline: 'plain' };
const withAim = (aim: Aim) => ({ ...question, aim });

describe('a figure measured in pairs', () => {
  it('takes the median of the pairs’ ratios, not the ratio of the medians', () => {
    const pairs = [
      { measured: 2, baseline: 1 },
      { measured: 30, baseline: 10 },
      { measured: 100, baseline: 1 },
    ];
    const figure = pairedFigure(question, pairs);
    expect(figure).toMatchObject({ measured: 30, baselineMeasured: 1, ratio: 3, isMet: undefined });
    expect(figure.ratios).toEqual([2, 3, 100]);
  });

  it('says whether it came to what it should, by the ratio or by itself', () => {
    const pairs = [{ measured: 5, baseline: 4 }];
    const isMet = (aim: Aim) => pairedFigure(withAim(aim), pairs).isMet;
    expect(isMet({ of: 'ratio', bound: 'at most', value: 1.25 })).toBe(true);
    expect(isMet({ of: 'ratio', bound: 'at most', value: 1.2 })).toBe(false);
    expect(isMet({ of: 'figure', bound: 'at least', value: 5 })).toBe(true);
    expect(isMet({ of: 'figure', bound: 'at least', value: 6 })).toBe(false);
  });

  it('is none where nothing was measured, or nothing to hold it against', () => {
    expect(() => pairedFigure(question, [])).toThrow('nothing was measured');
    expect(() => pairedFigure(question, [{ measured: 1, baseline: 0 }])).toThrow('came to nothing');
  });
});

describe('measuring in turns', () => {
  it('begins with the one and with the other, and pairs what was run side by side', async () => {
    const order: string[] = [];
    const note = (what: string) => () => {
      order.push(what);
      return Promise.resolve(order.length);
    };
    const pairs = await measureInTurns(2, { measured: note('ours'), baseline: note('plain') });
    expect(order).toEqual(['plain', 'ours', 'ours', 'plain']);
    expect(pairs).toEqual([
      { measured: 2, baseline: 1 },
      { measured: 3, baseline: 4 },
    ]);
  });
});
