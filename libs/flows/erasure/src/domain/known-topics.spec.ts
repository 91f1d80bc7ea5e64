import { describe, expect, it } from '@jest/globals';
import { sortTopics } from './known-topics.ts';

const on = {
  known: [
    { name: 'local.orders.v1', kind: 'expires' },
    { name: 'global.inventory.v1', kind: 'stays' },
  ],
  ...{ prefix: '', peers: ['eu-1'] },
} as const;

describe('the topics of a broker', () => {
  it('are ours, copies of a peer, or its own', () => {
    const names = [
      ...['__consumer_offsets', 'eu-1.global.inventory.v1', 'local.orders.v1'],
      'mm2-configs.eu-1.internal',
    ];
    expect(sortTopics(names, on)).toEqual({
      ours: [
        { name: 'eu-1.global.inventory.v1', kind: 'stays' },
        { name: 'local.orders.v1', kind: 'expires' },
      ],
      unknown: undefined,
    });
  });

  it.each([
    ['local.wishes.v1', 'local.wishes.v1'],
    ['fr-1.local.orders.v1', 'fr-1.local.orders.v1'],
    ['somebody@people.example', 'unnamed'],
    ['__own', 'unnamed'],
  ])('that nobody answers for are told: %s', (name, unknown) => {
    expect(sortTopics(['local.orders.v1', name], on).unknown).toBe(unknown);
  });

  it('of a test are told apart by their prefix', () => {
    const prefixed = { ...on, prefix: 't1.' };
    expect(sortTopics(['t1.local.orders.v1', 'local.orders.v1'], prefixed)).toEqual({
      ours: [{ name: 't1.local.orders.v1', kind: 'expires' }],
      unknown: 'local.orders.v1',
    });
  });
});
