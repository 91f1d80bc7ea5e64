import { z } from 'zod';
import { postalAddress } from './address.ts';
import { moneyView } from './money.ts';

/** Orders of one cell carry at most this many lines; the largest real one in our data has 704. */
export const orderLinesMax = 1_000;

export const onShortage = z.enum(['refuse', 'partial']);

/** How the shopper pays: a method of the region's provider and the token its browser library made. */
export const paymentChoice = z.strictObject({
  method: z.enum(['card', 'upi', 'sepa_debit']),
  token: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,128}$/)
    .optional(),
});

export const giftMessageCharactersMax = 280;

/** What is written on the card: lines of text, no other control character. */
const giftMessage = z
  .string()
  .trim()
  .min(1)
  .max(giftMessageCharactersMax)
  .regex(/^[^\u0000-\u0009\u000B-\u001F\u007F-\u009F]*$/, 'lines of text');

/** A gift: the parcel goes to somebody else, with the message; the bill stays with the buyer. */
export const giftBody = z.strictObject({
  address: postalAddress,
  message: giftMessage.optional(),
});
export type GiftBody = z.infer<typeof giftBody>;

export const placeOrderBody = z.strictObject({
  cartId: z.string().max(64),
  /** The cart view's `version`: what the shopper saw, lines and prices. */
  cartVersion: z.string().regex(/^[0-9]{1,15}(\.[A-Za-z0-9_-]{1,64})?$/),
  /** Where the parcel goes and the bill; of a gift the bill only. */
  address: postalAddress,
  gift: giftBody.optional(),
  payment: paymentChoice,
  onShortage: onShortage.default('refuse'),
});
export type PlaceOrderBody = z.infer<typeof placeOrderBody>;

export const payAgainBody = z.strictObject({ payment: paymentChoice });
export type PayAgainBody = z.infer<typeof payAgainBody>;

export const orderStatus = z.enum([
  'placing',
  'requires_action',
  'pending',
  'confirmed',
  'declined',
  'refused',
]);

/** Why a line could not be ordered; the number is there where "not enough" is the reason. */
export const lineShortage = z.strictObject({
  reason: z.enum(['INSUFFICIENT', 'GLOBAL_EMPTY', 'BORROWING', 'PEER_UNREACHABLE']),
  available: z.int().min(0).optional(),
});

export const orderLineView = z.strictObject({
  sku: z.string(),
  quantity: z.int(),
  unitPrice: moneyView,
  lineTotal: moneyView,
  taxIncluded: moneyView,
  taxRateBasisPoints: z.int(),
  priceVersion: z.int(),
  state: z.enum(['ordered', 'dropped']),
  shortage: lineShortage.optional(),
});

/** What the shopper does next at the provider; go to `url`, or hand `clientToken` to its browser library. */
/** `redirect`: a page for the browser. `app_link`: opens the shopper's payment app, such as `upi://pay?…`. */
export const nextAction = z.strictObject({
  type: z.enum(['redirect', 'app_link', 'client_token']),
  url: z.string().optional(),
  clientToken: z.string().optional(),
});

/** What the buyer sees of a gift; address and message are absent once its recipient was erased. */
export const giftView = giftBody.partial().extend({ isErased: z.boolean() });

export const orderView = z.strictObject({
  id: z.string(),
  status: orderStatus,
  placedAt: z.string(),
  confirmedAt: z.string().optional(),
  total: moneyView,
  taxIncluded: moneyView,
  shipping: moneyView,
  /** Absent once the person was erased. */
  address: postalAddress.optional(),
  isErased: z.boolean(),
  gift: giftView.optional(),
  lines: z.array(orderLineView),
  nextAction: nextAction.optional(),
  declineCode: z.string().optional(),
});
export type OrderView = z.infer<typeof orderView>;

export const orderSummaryView = orderView.pick({
  id: true,
  status: true,
  placedAt: true,
  total: true,
});

export const orderParams = z.strictObject({ orderId: z.string().max(64) });

export const orderListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(24),
  cursor: z.string().min(1).max(500).optional(),
});
export type OrderListQuery = z.output<typeof orderListQuery>;

export const orderPage = z.strictObject({
  items: z.array(orderSummaryView),
  nextCursor: z.string().nullable(),
});
export type OrderPage = z.output<typeof orderPage>;
