import { describe, expect, it } from '@jest/globals';
import { repeatedKeyIn } from './json-body.ts';

describe('repeatedKeyIn', () => {
  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a" : 1, "\\u0061":2}', 'a'],
    ['{"a":{"b":1},"c":[0,{"b":1,"d":[],"b":2}]}', 'c/1/b'],
    ['[[],[{"":1,"":2}]]', '1/0/'],
    ['{"a\\"":1,"a\\"":1}', 'a"'],
  ])('finds the key of %s', (json, path) => {
    expect(repeatedKeyIn(json)).toBe(path);
  });

  it.each([
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":["a","a","a:"]}',
    '{"a":"\\"b\\":1,\\"b\\":","b":"}{"}',
    '{"toString":1,"constructor":2}',
    '"a"',
    '1',
  ])('finds none in %s', (json) => {
    expect(repeatedKeyIn(json)).toBeUndefined();
  });

  it('reads any depth and any length', () => {
    const deep = '[{"a":'.repeat(50_000) + '1' + '}]'.repeat(50_000);
    expect(repeatedKeyIn(deep)).toBeUndefined();
    expect(repeatedKeyIn(`["${'\\"'.repeat(500_000)}"]`)).toBeUndefined();
  });
});
