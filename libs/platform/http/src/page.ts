import { DomainError } from '@entrepot/kernel';
import { z } from 'zod';
import { unstorableTextIn } from './storable-text.ts';

export const pageLimitMax = 100;
export const pageLimitDefault = 24;
const cursorCharactersMax = 500;

/** Query parameters of every list; spread into the strict object of the list's own parameters. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(pageLimitMax).default(pageLimitDefault),
  cursor: z.string().min(1).max(cursorCharactersMax).optional(),
} as const;

/** A page as it is sent; `nextCursor` is null on the last one. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });

/**
 * Opaque cursors over one list's sort key. A cursor is input like any other: it is held against the
 * schema of the key, so a forged one can only ask for what its sender may read anyway.
 */
export class CursorCodec<Key> {
  private readonly key: z.ZodType<Key>;

  constructor(key: z.ZodType<Key>) {
    this.key = key;
  }

  encode(key: Key): string {
    return Buffer.from(JSON.stringify(key)).toString('base64url');
  }

  /** Throws VALIDATION_FAILED for anything that is not a cursor of this list. */
  decode(cursor: string): Key {
    const json = jsonOf(cursor);
    const parsed = this.key.safeParse(json);
    if (parsed.success && unstorableTextIn(json) === undefined) return parsed.data;
    throw new DomainError('VALIDATION_FAILED', 'the cursor is not one of this list', {
      fieldProblems: [
        {
          path: 'cursor',
          code: 'INVALID_CURSOR',
          message: 'Use the nextCursor of a page as it is',
        },
      ],
    });
  }
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Cuts a page from rows read with `limit + 1`: the extra row only tells that there is a next page.
 */
export function cutPage<Row, Item>(
  rows: readonly Row[],
  page: {
    readonly limit: number;
    readonly view: (row: Row) => Item;
    readonly cursorAfter: (row: Row) => string;
  },
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  const nextCursor = rows.length > page.limit && last !== undefined ? page.cursorAfter(last) : null;
  return { items: shown.map(page.view), nextCursor };
}
