import { describe, expect, it } from '@jest/globals';

import { rowsOf, stockDrillRows, stockDrills } from './stock-drills.ts';

const spec = (title: string, status = 'passed') => ({ title, status, duration: 1_500 });
const report = (...assertionResults: object[]) =>
  JSON.stringify({
    testResults: [{ name: 'a.drill.spec.ts', status: 'passed', assertionResults }],
  });

describe('the table of the drills of stock', () => {
  it.each([
    ['C4 F4 when the answer is lost', ['C4', 'F4']],
    ['F13 1000 a side', ['F13']],
    ['F99 of no row', []],
    ['C4, but not at its beginning', []],
    ['G1 of no list', []],
  ])('reads the rows that a title begins with: %s', (title, rows) => {
    expect(rowsOf(title)).toEqual(rows);
  });

  it('has a spec for each row, and counts a row without one as failed', () => {
    const all = stockDrills([
      report(spec('C4 F4 when the answer is lost')),
      report(spec('other'), spec('C9 F15 it sells again')),
    ]);
    const failed = all.filter(({ outcome }) => outcome === 'failed').flatMap(({ rows }) => rows);
    expect(all[0]).toMatchObject({ rows: ['C4', 'F4'], outcome: 'passed', seconds: 1.5 });
    expect(failed.toSorted()).toEqual(
      Object.keys(stockDrillRows)
        .filter((row) => !['C4', 'F4', 'C9', 'F15'].includes(row))
        .toSorted(),
    );
  });

  it('has one row alone where that is asked', () => {
    const text = report(spec('C4 F4 when the answer is lost'), spec('C1 after', 'pending'));
    expect(stockDrills([text], 'F4').map(({ outcome }) => outcome)).toEqual(['passed']);
    expect(stockDrills([text], 'C1').map(({ outcome }) => outcome)).toEqual(['skipped']);
  });

  it('counts a file that cannot be loaded as failed', () => {
    const text = JSON.stringify({
      testResults: [{ name: 'a.drill.spec.ts', status: 'failed', assertionResults: [] }],
    });
    expect(stockDrills([text], 'C1').map(({ rows, outcome }) => [rows, outcome])).toEqual([
      [[], 'failed'],
      [['C1'], 'failed'],
    ]);
  });
});
