import { describe, expect, it } from '@jest/globals';
import { languageOf, mailLanguages, mailTextOf, mailValues } from './mail-text.ts';
import { mailKinds } from './mailer.ts';
import type { MailKind } from './mailer.ts';

const valuesFor = (kind: MailKind): Record<string, string> =>
  Object.fromEntries(mailValues[kind].map((name) => [name, `<${name}>`]));
const languages = Object.keys(mailLanguages);

describe('the text of a letter', () => {
  it.each(languages)('in %s has each value of its kind once and no other', (language) => {
    for (const kind of mailKinds) {
      const { subject, text } = mailTextOf(kind, language, valuesFor(kind));
      const shown = [...text.matchAll(/<([a-z]+)>/g)].map(([, name]) => name);
      expect({ kind, shown: shown.toSorted() }).toEqual({
        kind,
        shown: mailValues[kind].toSorted(),
      });
      expect(`${subject}${text}`).not.toMatch(/[{}]/);
      expect(subject).not.toMatch(/[<>]/);
    }
  });

  it('is in no two languages the same', () => {
    for (const kind of mailKinds) {
      const texts = languages.map((language) => mailTextOf(kind, language, valuesFor(kind)).text);
      expect(new Set(texts).size).toBe(languages.length);
    }
  });

  it('is in the language that a locale asks for, or English', () => {
    expect(['hi-IN', 'DE', 'fr-CA', 'en-GB', 'ta-IN', '', 'constructor'].map(languageOf)).toEqual([
      ...['hi', 'de', 'fr', 'en', 'en', 'en', 'en'],
    ]);
  });

  it.each([
    ['is missing', {}],
    ['breaks the line', { code: '1\r\nBcc: somebody@else.example' }],
    ['is longer than a page', { code: 'x'.repeat(2_001) }],
  ])('is refused where a value %s, without showing it', (_, values: Record<string, string>) => {
    expect(() => mailTextOf('identity_code', 'en', values)).toThrow(TypeError);
    expect(() => mailTextOf('identity_code', 'en', values)).not.toThrow(/Bcc|xxx/);
  });
});
