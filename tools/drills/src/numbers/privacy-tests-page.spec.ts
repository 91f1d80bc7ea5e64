import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { repositoryRoot } from '@entrepot/stack';
import { describe, expect, it } from '@jest/globals';

import { plantedDefects } from '../planted/planted-defects.ts';
import { numbersMax } from './numbers-max.ts';
import { numberedSpecs, privacyTestsPage, titlesIn } from './privacy-tests-page.ts';

const numbers = Array.from({ length: numbersMax }, (_, index) => index + 1);
const tested = new Set(numberedSpecs().map(({ number }) => number));
const read = (file: string) => readFileSync(join(repositoryRoot, file), 'utf8');

describe('the page of the tests of privacy', () => {
  it('is what specs and defects say now', () => {
    const { path, text } = privacyTestsPage();
    expect(read(path)).toBe(text);
  });

  it('has a spec for every number, and no other', () => {
    expect([...tested].toSorted((a, b) => a - b)).toEqual(numbers);
  });

  it('has a planted defect for every number, and no other', () => {
    const planted = new Set(plantedDefects.map(({ number }) => number));
    expect([...planted].toSorted((a, b) => a - b)).toEqual(numbers);
  });

  it('finds numbers where titles begin, whatever the quotes', () => {
    const source = [
      `it('T3 a', …);`,
      `describe('X', …`,
      `  describe('of another block', …);`,
      `  it(\n    "T4 b's"); it('not T6');`,
      `  it.each([\n  ])('T5 c %s');`,
      `describe.each(all)('Y', …`,
      `  it('T7d'); it('T8 e', …`,
    ].join('\n');
    expect(titlesIn('f', source).map(({ number, title }) => [number, title])).toEqual([
      [3, 'a'],
      [4, `X b's`],
      [5, 'X c %s'],
      [8, 'Y e'],
    ]);
  });
});

describe('a planted defect', () => {
  it.each(plantedDefects)('T$number can be planted: $what', ({ number, file, edits, spec }) => {
    for (const { from, file: other = file } of edits) {
      expect(read(other).split(from)).toHaveLength(2);
    }
    expect(existsSync(join(repositoryRoot, spec))).toBe(true);
    expect(titlesIn(spec, read(spec)).map((title) => title.number)).toContain(number);
  });
});
