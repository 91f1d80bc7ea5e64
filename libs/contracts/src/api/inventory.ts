import { z } from 'zod';

export const availabilitySkusMax = 100;
const sku = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/);

/** Articles of one stream of bands. */
export const bandStreamSkusMax = 50;
export const availabilityUnitsMax = 100_000;

/** One or several of a parameter, `?sku=a&sku=b`. */
const skusUpTo = (max: number) =>
  z.union([sku.transform((one) => [one]), z.array(sku)]).pipe(z.array(sku).min(1).max(max));

/** GET /v1/availability?sku=a&sku=b&quantity=2; the quantity is of each article, 1 unless said. */
export const availabilityQuery = z.strictObject({
  sku: skusUpTo(availabilitySkusMax),
  quantity: z.coerce.number().int().min(1).max(availabilityUnitsMax).default(1),
});

export const availabilityAnswer = z.enum([
  'OK',
  'LOW',
  'BORROWING',
  'INSUFFICIENT',
  'GLOBAL_EMPTY',
  'PEER_UNREACHABLE',
]);

/** Units of all cells together: more than a handful, a handful, or none known of, which is not sold out. */
export const stockBand = z.enum(['MANY', 'FEW', 'CHECKING']);
export type StockBand = z.infer<typeof stockBand>;

/** GET /v1/availability/stream?sku=a&sku=b */
export const bandStreamQuery = z.strictObject({ sku: skusUpTo(bandStreamSkusMax) });

/** The data of an event `band` of the stream. */
export const bandEvent = z.strictObject({
  sku: z.string(),
  band: stockBand,
  /** Age of the oldest word of another cell that the band counts; null where it counts none. */
  peersHeardSecondsAgo: z.int().min(0).nullable(),
});
export type BandEvent = z.infer<typeof bandEvent>;

/** A hint for pages and carts; only placing the order decides. */
export const availabilityItem = z.strictObject({
  sku: z.string(),
  availability: availabilityAnswer,
  /** What all cells together have, proven a moment ago; with INSUFFICIENT only. */
  available: z.int().min(1).optional(),
  band: stockBand,
  peersHeardSecondsAgo: bandEvent.shape.peersHeardSecondsAgo,
});
export type AvailabilityItem = z.infer<typeof availabilityItem>;

export const availabilityView = z.strictObject({ items: z.array(availabilityItem) });
export type AvailabilityView = z.infer<typeof availabilityView>;
