import { describe, expect, it } from '@jest/globals';
import { BlindIndexKey, InnerIndexKey, normaliseLogin } from './blind-index.ts';

const inner = new InnerIndexKey(Buffer.alloc(32, 1));
const key = new BlindIndexKey(1, Buffer.alloc(32, 2));
const digest = (field: string, login: string) => key.digest(inner.hash(field, login));

describe('the blind index', () => {
  it.each([
    ['case', 'Anna@Example.ORG'],
    ['space', '  anna@example.org '],
    ['compatibility forms', 'ａｎｎａ@example.org'],
  ])('finds a login whatever its %s', (_, written) => {
    expect(digest('shopper', written)).toEqual(digest('shopper', 'anna@example.org'));
  });

  it("keeps apart what a mail provider might not: dots and tags are the person's own", () => {
    expect(normaliseLogin('an.na+shop@example.org')).toBe('an.na+shop@example.org');
  });

  it('differs by field, by inner key and by the key of the epoch', () => {
    const login = 'a@example.org';
    expect(digest('staff', login)).not.toEqual(digest('shopper', login));
    const hash = inner.hash('shopper', login);
    expect(new InnerIndexKey(Buffer.alloc(32, 3)).hash('shopper', login)).not.toEqual(hash);
    expect(new BlindIndexKey(2, Buffer.alloc(32, 3)).digest(hash)).not.toEqual(key.digest(hash));
  });

  it('makes the next digest of the inner hash alone', () => {
    const hash = inner.hash('shopper', 'Anna@Example.org');
    const next = new BlindIndexKey(2, Buffer.alloc(32, 4));
    expect(next.digest(hash)).toEqual(next.digest(inner.hash('shopper', 'anna@example.org')));
  });
});
