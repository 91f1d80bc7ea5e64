import { z } from 'zod';

export const availabilitySkusMax = 100;
const sku = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/);

/** GET /v1/availability?sku=a&sku=b */
export const availabilityQuery = z.strictObject({
  sku: z
    .union([sku.transform((one) => [one]), z.array(sku)])
    .pipe(z.array(sku).min(1).max(availabilitySkusMax)),
});

export const availabilityAnswer = z.enum([
  'OK',
  'LOW',
  'BORROWING',
  'INSUFFICIENT',
  'GLOBAL_EMPTY',
  'PEER_UNREACHABLE',
]);

/** A hint for pages and carts; only placing the order decides. */
export const availabilityView = z.strictObject({
  items: z.array(z.strictObject({ sku: z.string(), availability: availabilityAnswer })),
});
export type AvailabilityView = z.infer<typeof availabilityView>;
