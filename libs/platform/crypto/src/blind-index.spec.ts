import { describe, expect, it } from '@jest/globals';
import { BlindIndexKey, normaliseLogin } from './blind-index.ts';

const key = new BlindIndexKey(1, Buffer.alloc(32, 1));

describe('the blind index', () => {
  it.each([
    ['case', 'Anna@Example.ORG'],
    ['space', '  anna@example.org '],
    ['compatibility forms', 'ａｎｎａ@example.org'],
  ])('finds a login whatever its %s', (_, written) => {
    expect(key.digest('shopper', written)).toEqual(key.digest('shopper', 'anna@example.org'));
  });

  it("keeps apart what a mail provider might not: dots and tags are the person's own", () => {
    expect(normaliseLogin('an.na+shop@example.org')).toBe('an.na+shop@example.org');
  });

  it('differs by field and by key', () => {
    const digest = key.digest('shopper', 'a@example.org');
    expect(key.digest('staff', 'a@example.org')).not.toEqual(digest);
    const other = new BlindIndexKey(2, Buffer.alloc(32, 2));
    expect(other.digest('shopper', 'a@example.org')).not.toEqual(digest);
  });
});
