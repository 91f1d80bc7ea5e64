import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { inLanes } from './in-lanes.ts';

describe('work in lanes', () => {
  it('does each item once, and never more at once than there are lanes', async () => {
    const done: number[] = [];
    let [atWork, most] = [0, 0];
    await inLanes([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      most = Math.max(most, (atWork += 1));
      await setImmediate();
      atWork -= 1;
      done.push(item);
    });
    expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });
});
