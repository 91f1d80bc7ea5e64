import { describe, expect, it } from '@jest/globals';
import { unitsAllowed } from './purchase-limit.ts';

describe('unitsAllowed', () => {
  it('lets a shopper have what the limit leaves', () => {
    expect(unitsAllowed(undefined, { wanted: 7, bought: 100 })).toBe(7);
    expect(unitsAllowed({ unitsPerShopper: 4 }, { wanted: 3, bought: 2 })).toBe(2);
    expect(unitsAllowed({ unitsPerShopper: 4 }, { wanted: 3, bought: 9 })).toBe(0);
  });
});
