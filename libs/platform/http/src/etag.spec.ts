import { describe, expect, it } from '@jest/globals';
import { isNotModified, strongEtag, weakEtag } from './etag.ts';

describe('entity tags', () => {
  it('differ with the content', () => {
    expect(strongEtag('a')).toBe(strongEtag('a'));
    expect(strongEtag('a')).not.toBe(strongEtag('b'));
    expect(strongEtag('a')).toMatch(/^"[A-Za-z0-9_-]{27}"$/);
  });

  it.each([
    [undefined, false],
    ['"other"', false],
    ['W/"7"', true],
    ['"7"', true],
    ['"1", W/"7" , "9"', true],
    ['*', true],
    ['7', false],
  ])('If-None-Match %s', (header, expected) => {
    expect(isNotModified(header, weakEtag(7))).toBe(expected);
  });
});
