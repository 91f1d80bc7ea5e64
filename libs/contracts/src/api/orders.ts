import { z } from 'zod';
import { postalAddress } from './address.ts';

/** Orders of one cell carry at most this many lines; the largest real one in our data has 704. */
export const orderLinesMax = 1_000;

export const money = z.strictObject({
  amountMinor: z.int().describe('minor units: paise, cents'),
  currency: z.string().regex(/^[A-Z]{3}$/),
});

export const onShortage = z.enum(['refuse', 'partial']);

/** How the shopper pays: a method of the region's provider and the token its browser library made. */
export const paymentChoice = z.strictObject({
  method: z.enum(['card', 'upi', 'sepa_debit']),
  token: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,128}$/)
    .optional(),
});

export const placeOrderBody = z.strictObject({
  cartId: z.string().max(64),
  /** The cart view's `version`: what the shopper saw, lines and prices. */
  cartVersion: z.string().regex(/^[0-9]{1,15}(\.[A-Za-z0-9_-]{1,64})?$/),
  address: postalAddress,
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
  unitPrice: money,
  lineTotal: money,
  taxIncluded: money,
  taxRateBasisPoints: z.int(),
  priceVersion: z.int(),
  state: z.enum(['ordered', 'dropped']),
  shortage: lineShortage.optional(),
});

/** What the shopper does next at the provider; go to `url`, or hand `clientToken` to its browser library. */
export const nextAction = z.strictObject({
  type: z.enum(['redirect', 'client_token']),
  url: z.string().optional(),
  clientToken: z.string().optional(),
});

export const orderView = z.strictObject({
  id: z.string(),
  status: orderStatus,
  placedAt: z.string(),
  confirmedAt: z.string().optional(),
  total: money,
  taxIncluded: money,
  shipping: money,
  /** Absent once the person was erased. */
  address: postalAddress.optional(),
  isErased: z.boolean(),
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

export const orderPage = z.strictObject({
  items: z.array(orderSummaryView),
  nextCursor: z.string().nullable(),
});
