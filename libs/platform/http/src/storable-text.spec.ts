import { describe, expect, it } from '@jest/globals';
import { unstorableTextIn } from './storable-text.ts';

describe('unstorableTextIn', () => {
  it.each([
    ['a NUL', { lines: [{ sku: 'a\0b' }] }, 'lines/0/sku'],
    ['half of a surrogate pair', { city: 'a\ud800b' }, 'city'],
    ['a name', { address: { 'a\0': 1 } }, 'address'],
    ['a bare string', '\0', ''],
  ])('finds %s', (_name, value, path) => {
    expect(unstorableTextIn(value)).toBe(path);
  });

  it.each([['नमस्ते'], ['😀'], [{ text: 'two\nlines' }], [null], [5]])('lets %j be', (value) => {
    expect(unstorableTextIn(value)).toBeUndefined();
  });

  it('bears any depth', () => {
    const depth = 100_000;
    const nested: unknown = JSON.parse('['.repeat(depth) + ']'.repeat(depth));
    expect(unstorableTextIn(nested)).toBeUndefined();
  });
});
