import { describe, expect, it } from '@jest/globals';
import { formerKeyLines } from './former-key-lines.ts';

describe('What is said of former keys', () => {
  it('names the values that are sealed anew, and those that are left with the reason', () => {
    const lines = formerKeyLines({
      people: 3,
      current: 7,
      left: [
        { table: 'idempotency.request', why: 'for-good', values: 2 },
        { table: 'identity.address', why: 'restricted', values: 1 },
        { table: 'orders.order', why: 'waits', values: 10 },
      ],
    });
    expect(lines).toEqual([
      '3 people have former keys. Of their 20 values 7 lie under the current key and 13 under a former one:',
      '  2 in idempotency.request stay as they are: what was claimed never changes; a claim goes after 30 days.',
      '  1 in identity.address are of people whose data are restricted.',
      '  10 in orders.order wait for the worker, which begins five minutes after a rotation.',
    ]);
  });

  it('ends the sentence where nothing is left', () => {
    const lines = formerKeyLines({ people: 2, current: 4, left: [] });
    expect(lines).toEqual([
      '2 people have former keys. Of their 4 values 4 lie under the current key and 0 under a former one.',
    ]);
    expect(formerKeyLines({ people: 0, current: 0, left: [] })).toEqual([
      'Nobody has a former key.',
    ]);
  });
});
