import { z } from 'zod';

export const availabilitySkusMax = 100;
const sku = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/);

/** Articles of one stream of bands. */
export const bandStreamSkusMax = 50;
export const availabilityUnitsMax = 100_000;

/** One or several of a parameter, `?sku=a&sku=b`. */
const listOf = <One extends z.ZodType>(one: One, max: number) =>
  z
    .union([one, z.array(one)])
    .transform((some): z.output<One>[] => (Array.isArray(some) ? some : [some]))
    .check(z.minLength(1), z.maxLength(max));

/** How much of an article a page or a cart asks for. */
export const articleQuestion = z.strictObject({
  sku,
  quantity: z.int().min(1).max(availabilityUnitsMax).default(1),
});
export type ArticleQuestion = z.input<typeof articleQuestion>;
export const articleQuestions = z.array(articleQuestion).min(1).max(availabilitySkusMax);

/** GET /v1/availability?sku=a&sku=b&quantity=2; one quantity for all, 1 unless said, or one for each. */
export const availabilityQuery = z
  .strictObject({
    sku: listOf(sku, availabilitySkusMax),
    quantity: listOf(
      z.coerce.number().int().min(1).max(availabilityUnitsMax),
      availabilitySkusMax,
    ).default([1]),
  })
  .refine(({ sku: skus, quantity }) => [1, skus.length].includes(quantity.length), {
    path: ['quantity'],
    // what is refused already is not made into lists
    when: ({ issues }) => issues.length === 0,
    message: 'One quantity for all articles, or one for each in their order',
    params: { code: 'QUANTITIES_DO_NOT_MATCH' },
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
export const bandStreamQuery = z.strictObject({ sku: listOf(sku, bandStreamSkusMax) });

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

/** One item for each article that was asked for, in their order. */
export const availabilityView = z.strictObject({ items: z.array(availabilityItem) });
export type AvailabilityView = z.infer<typeof availabilityView>;
