import { describe, expect, it } from '@jest/globals';
import { channelsView, epochMax, totalsBody, viewBody } from './cell-inventory.ts';

describe('the epoch that another cell speaks in', () => {
  const said = (epoch: unknown) => [
    viewBody.safeParse({ epoch }),
    totalsBody.safeParse({ epoch, totals: [{ pool: 'blr/TEA', grantedTotal: 1 }] }),
    channelsView.safeParse({ epoch: 1, heard: epoch, channels: [] }),
  ];

  it.each([1, epochMax])('may be %d', (epoch) => {
    expect(said(epoch).map(({ success }) => success)).toEqual([true, true, true]);
  });

  it.each([0, -1, 1.5, epochMax + 1, 2 ** 31, Number.MAX_SAFE_INTEGER, '1', null])(
    'may not be %p, which the books could not keep or go on from',
    (epoch) => {
      for (const { success, error } of said(epoch)) {
        expect(success).toBe(false);
        expect(['epoch', 'heard']).toContain(error?.issues[0]?.path[0]);
      }
    },
  );
});
