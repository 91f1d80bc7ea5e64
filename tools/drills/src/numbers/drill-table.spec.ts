import { describe, expect, it } from '@jest/globals';

import { drilledSpecs, numberOf } from './drill-table.ts';
import { hasFailed } from './reported-specs.ts';

const spec = (title: string, status: string) => ({ title, status, duration: 1_500 });
const report = (...assertionResults: object[]) =>
  JSON.stringify({ testResults: [{ name: 'a.spec.ts', status: 'passed', assertionResults }] });

describe('the table of a drill', () => {
  it('has the specs that have a number, or those of one number', () => {
    const text = report(
      spec('T16 ends', 'passed'),
      spec('T4 is', 'failed'),
      spec('other', 'passed'),
    );
    expect(drilledSpecs(text).map(({ number, outcome }) => [number, outcome])).toEqual([
      [16, 'passed'],
      [4, 'failed'],
    ]);
    expect(drilledSpecs(text, 4).map(({ title }) => title)).toEqual(['T4 is']);
  });

  it('takes the number of the block where a title has none', () => {
    const within = { ...spec('opens', 'failed'), ancestorTitles: ['T21 a gift', 'of somebody'] };
    const own = { ...spec('T43 stops', 'passed'), ancestorTitles: ['T45 a consent'] };
    expect(drilledSpecs(report(within, own)).map(({ number }) => number)).toEqual([21, 43]);
  });

  it('counts what was skipped as failed', () => {
    expect(
      drilledSpecs(report(spec('T1 a', 'pending'), spec('T2 b', 'todo'))).map(hasFailed),
    ).toEqual([true, true]);
  });

  it('counts a file that cannot be loaded as failed', () => {
    const text = JSON.stringify({
      testResults: [{ name: 'a.spec.ts', status: 'failed', assertionResults: [] }],
    });
    expect(drilledSpecs(text).map(hasFailed)).toEqual([true]);
  });

  it('takes only what a title begins with for a number', () => {
    expect(['T7 a', 'T07 a', 'T7a', 'a T7 b', 'T100 a'].map(numberOf)).toEqual([
      ...[7, undefined, undefined, undefined, undefined],
    ]);
  });
});
