import { describe, expect, it } from '@jest/globals';

import { inLocale, negotiateLocale } from './locale.ts';

describe('negotiateLocale', () => {
  it.each([
    ['de-AT,de;q=0.9,en;q=0.5', 'de'],
    ['fr-FR, hi;q=0.3, en;q=0.8', 'en'],
    ['en;q=0, hi', 'hi'],
    ['HI-in', 'hi'],
    ['fr, it', undefined],
    ['', undefined],
    [undefined, undefined],
    [`${'x,'.repeat(50)}de`, undefined],
  ] as const)('reads %s as %s', (header, locale) => {
    expect(negotiateLocale(header)).toBe(locale);
  });
});

describe('inLocale', () => {
  it('falls back to English, then to whatever there is, and says so', () => {
    expect(inLocale({ en: 'lamp', de: 'Lampe' }, 'de')).toEqual({ locale: 'de', text: 'Lampe' });
    expect(inLocale({ en: 'lamp', de: 'Lampe' }, 'hi')).toEqual({ locale: 'en', text: 'lamp' });
    expect(inLocale({ de: 'Lampe' }, 'hi')).toEqual({ locale: 'de', text: 'Lampe' });
    expect(inLocale({}, 'hi')).toBeUndefined();
  });
});
