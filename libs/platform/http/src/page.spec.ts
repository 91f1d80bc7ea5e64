import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { CursorCodec, cutPage } from './page.ts';

const codec = new CursorCodec(z.strictObject({ price: z.int(), id: z.string() }));

describe('cursors', () => {
  it('come back as they were, in letters that a URL takes', () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), (price, id) => {
        const cursor = codec.encode({ price, id });
        expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(codec.decode(cursor)).toEqual({ price, id });
      }),
    );
  });

  it.each(['', '!', 'AAAA', Buffer.from('{"price":"1","id":"x"}').toString('base64url')])(
    'of nobody are refused: %s',
    (cursor) => {
      expect(() => codec.decode(cursor)).toThrow(
        expect.objectContaining({ code: 'VALIDATION_FAILED' }),
      );
    },
  );

  it('of another list are refused', () => {
    const other = new CursorCodec(z.strictObject({ name: z.string() }));
    expect(() => codec.decode(other.encode({ name: 'tea' }))).toThrow();
  });
});

describe('cutPage', () => {
  const cut = (rows: number[]) =>
    cutPage(rows, { limit: 2, view: (row) => row * 10, cursorAfter: (row) => `after-${row}` });

  it('knows from the extra row that there is more', () => {
    expect(cut([1, 2, 3])).toEqual({ items: [10, 20], nextCursor: 'after-2' });
    expect(cut([1, 2])).toEqual({ items: [10, 20], nextCursor: null });
    expect(cut([])).toEqual({ items: [], nextCursor: null });
  });
});
