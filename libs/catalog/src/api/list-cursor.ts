import { CursorCodec } from '@entrepot/platform-http';
import { z } from 'zod';

/** Sort key (a whole number, a time or a rank, as PostgreSQL writes it) and product of a page's end. */
export const listCursor = new CursorCodec(
  z.strictObject({
    key: z.union([
      z.string().regex(/^-?\d{1,18}$/),
      z.string().regex(/^\d\.\d{1,20}$/),
      z.string().regex(/^\d(\.\d{1,20})?e-?\d{1,3}$/),
      z.iso.datetime(),
    ]),
    productId: z.string().regex(/^prd_[0-9a-z]{26}$/),
  }),
);
