import { describe, expect, it } from '@jest/globals';
import { hashOfText, newestText } from './consent-text.ts';
import type { ConsentText } from './consent-text.ts';

const text = (version: number, locale: string): ConsentText => ({
  ...{ purpose: 'marketing_mail', version, locale, text: `words ${version} in ${locale}` },
});
const texts = [text(1, 'en'), text(3, 'en'), text(2, 'en'), text(2, 'de')];

describe('the words of a consent', () => {
  it('are the newest in the language of the person, wherever they stand in the list', () => {
    expect(newestText(texts, 'marketing_mail', 'en')).toEqual(text(3, 'en'));
    expect(newestText(texts, 'marketing_mail', 'de')).toEqual(text(2, 'de'));
  });

  it('are those of the first language where the language has none, and none where nobody wrote any', () => {
    expect(newestText(texts, 'marketing_mail', 'fr')).toEqual(text(3, 'en'));
    expect(newestText(texts, 'recommendations', 'en')).toBeUndefined();
  });

  it('have another hash as soon as one letter changes', () => {
    const other = { ...text(1, 'en'), text: 'Words 1 in en' };
    expect(hashOfText(other)).not.toEqual(hashOfText(text(1, 'en')));
    expect(hashOfText(text(1, 'en'))).toHaveLength(32);
  });
});
