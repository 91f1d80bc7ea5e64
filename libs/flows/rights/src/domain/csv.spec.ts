import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { cellText, csvOf } from './csv.ts';

const readBack = (text: string): Record<string, string>[] =>
  parse(text, { columns: true, record_delimiter: '\r\n' });

describe('a section as CSV', () => {
  it.each([
    ['=HYPERLINK("http://x")', `'=HYPERLINK("http://x")`],
    ['+49 30 1', `'+49 30 1`],
    ['-1+cmd', `'-1+cmd`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['\t=1', `'\t=1`],
    ['\uFF1D1', `'\uFF1D1`],
    ['-12.50', '-12.50'],
    ['Asha Rao', 'Asha Rao'],
  ])('keeps a spreadsheet from running %j', (value, expected) => {
    expect(readBack(csvOf([{ value }]))).toEqual([{ value: expected }]);
  });

  it('is read back as it was, whatever people write, but for the apostrophe before a formula', () => {
    const records = fc.array(
      fc.record({ name: fc.string({ unit: 'grapheme' }), note: fc.string() }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(records, (given) => {
        const found = readBack(csvOf(given));
        expect(found).toHaveLength(given.length);
        for (const [index, { name, note }] of given.entries()) {
          expect([name, `'${name}`]).toContain(found[index]?.['name']);
          expect([note, `'${note}`]).toContain(found[index]?.['note']);
          expect(found[index]?.['note']).not.toMatch(/^[=+@\t\r]/);
        }
      }),
    );
  });

  it('has every column that any record has, and writes what is nested as JSON', () => {
    const text = csvOf([{ a: 1 }, { b: { c: [true] } }]);
    expect(readBack(text)).toEqual([
      { a: '1', b: '' },
      { a: '', b: '{"c":[true]}' },
    ]);
    expect(cellText(null)).toBe('');
  });
});
