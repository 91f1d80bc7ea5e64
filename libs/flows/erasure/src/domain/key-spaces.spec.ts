import { describe, expect, it } from '@jest/globals';
import { findSpaces, queuesAmong } from './key-spaces.ts';

const spaces = [
  { name: 'cache', prefix: 'in-1:cache:' },
  { name: 'jobs', prefix: 'in-1:jobs:' },
];

describe('the keys of a store', () => {
  it('belong to the spaces that somebody answers for', () => {
    const { bySpace, unknown } = findSpaces(
      ['in-1:cache:a', 'in-1:jobs:b', 'in-1:cache:c'],
      spaces,
    );
    expect([...bySpace]).toEqual([
      ['cache', ['in-1:cache:a', 'in-1:cache:c']],
      ['jobs', ['in-1:jobs:b']],
    ]);
    expect(unknown).toBeUndefined();
  });

  it.each([
    ['wishes:1', 'wishes'],
    ['someone@people.example:1', 'unnamed'],
    ['Asha', 'unnamed'],
    ['asha', 'unnamed'],
    ['sub_in-1_abc:x', 'unnamed'],
  ])('of nobody, such as %s, are named without telling what is in them', (key, name) => {
    expect(findSpaces(['in-1:cache:a', key], spaces).unknown).toBe(name);
  });

  it('tell which queues there are', () => {
    const keys = ['in-1:jobs:jobs:meta', 'in-1:jobs:jobs:1', 'in-1:jobs:sweep.erase:meta', 'meta'];
    expect(queuesAmong(keys)).toEqual([
      { prefix: 'in-1:jobs', name: 'jobs' },
      { prefix: 'in-1:jobs', name: 'sweep.erase' },
    ]);
  });
});
