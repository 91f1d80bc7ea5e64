import { describe, expect, it } from '@jest/globals';
import { pairedFigure } from './paired-figure.ts';
import { pairedReport, pairedTable } from './paired-report.ts';

const question = { name: 'profile read', unit: 'ms each', baseline: 'the plain codec' };
const pairs = [
  { measured: 1.3, baseline: 1 },
  { measured: 1.1, baseline: 1 },
  { measured: 1.2, baseline: 1 },
];
const lineOf = (value: number): string => {
  const aim = { of: 'ratio', bound: 'at most', value } as const;
  const report = pairedReport([pairedFigure({ ...question, aim }, pairs, ['a note'])], ['export']);
  return pairedTable(report);
};

describe('the table of paired figures', () => {
  it('shows figure, baseline, ratio and the spread of the rounds', () => {
    expect(lineOf(1.25)).toMatch(
      /profile read +ms each +1\.20 +1\.00 +1\.20 +1\.10–1\.30 {3}at most 1\.25 ×\n/,
    );
  });

  it('says what was missed, what was not measured, and what a figure stands beside', () => {
    expect(lineOf(1.15)).toContain('at most 1.15 ×, MISSED');
    expect(lineOf(1.15)).toContain('profile read: held against the plain codec\n    a note');
    expect(lineOf(1.15)).toContain('Not measured: export');
  });
});
