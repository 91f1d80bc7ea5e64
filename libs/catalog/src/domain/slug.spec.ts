import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { isSlug, slugOf } from './slug.ts';

describe('slugOf', () => {
  it.each([
    ['Assam second flush', 'assam-second-flush'],
    ['Weiße Tücher & Öl', 'weisse-tuecher-and-oel'],
    ['Crème brûlée', 'creme-brulee'],
    ['चाय', undefined],
    ['  --  ', undefined],
  ])('spells %s as %s', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it('gives a slug or nothing, whatever the name', () => {
    const seed = Date.now();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (name) => {
        const slug = slugOf(name);
        return slug === undefined || (isSlug(slug) && slugOf(slug) === slug);
      }),
      { seed },
    );
  });
});
