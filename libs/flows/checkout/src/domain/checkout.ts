/**
 * The checkout as one pure table: what is known about an order's stock and payment → what to do next.
 * A first request, a retry, a webhook and the reconciler all run the same table, so a crash at any
 * line is finished by whoever looks next, and nobody guesses.
 */

/** What the order's reservations of its present round say. */
export const stockFacts = ['none', 'held', 'sold', 'lost'] as const;
export type StockFact = (typeof stockFacts)[number];

/** What the provider says about the order's present payment attempt. */
export const paymentFacts = [
  'none',
  'requires_action',
  'authorized',
  'captured',
  'declined',
  'voided',
  'unknown',
] as const;
export type PaymentFact = (typeof paymentFacts)[number];

/** One effect, or the state in which the order rests. */
export type CheckoutStep =
  /** hold all lines under the present round */
  | 'reserve'
  /** begin a new round, now that the last one has ended */
  | 'reserve_anew'
  /** ask the provider for the money, not yet taking it */
  | 'authorize'
  /** the shopper has to act at the provider; rest */
  | 'await_shopper'
  /** the provider has not said; rest and look it up later */
  | 'await_provider'
  /** turn the holds into sales */
  | 'confirm_stock'
  /** take the money */
  | 'capture'
  /** book the ledger and confirm the order */
  | 'confirm_order'
  /** undo of authorize */
  | 'void_payment'
  /** undo of reserve */
  | 'release_stock'
  /** undo of confirm_stock, before any money was taken */
  | 'cancel_sale'
  /** rest: the provider said no */
  | 'decline'
  /** rest: the goods could not be kept */
  | 'refuse'
  /** a state that no crash can produce: stop and call a person */
  | 'alarm';

type StepTable = Readonly<Record<StockFact, Readonly<Record<PaymentFact, CheckoutStep>>>>;

export const checkoutTable: StepTable = {
  none: {
    none: 'reserve',
    requires_action: 'void_payment',
    authorized: 'void_payment',
    captured: 'alarm',
    declined: 'decline',
    voided: 'refuse',
    unknown: 'await_provider',
  },
  held: {
    none: 'authorize',
    requires_action: 'await_shopper',
    authorized: 'confirm_stock',
    captured: 'confirm_stock',
    declined: 'release_stock',
    voided: 'release_stock',
    unknown: 'await_provider',
  },
  sold: {
    none: 'cancel_sale',
    requires_action: 'cancel_sale',
    authorized: 'capture',
    captured: 'confirm_order',
    declined: 'cancel_sale',
    voided: 'cancel_sale',
    unknown: 'await_provider',
  },
  lost: {
    none: 'reserve_anew',
    requires_action: 'void_payment',
    authorized: 'void_payment',
    captured: 'alarm',
    declined: 'decline',
    voided: 'refuse',
    unknown: 'await_provider',
  },
};

/** Steps that change nothing outside the order's own row: the run ends with one of them. */
export const restingSteps: ReadonlySet<CheckoutStep> = new Set([
  'await_shopper',
  'await_provider',
  'confirm_order',
  'decline',
  'refuse',
  'alarm',
]);

export function nextStep(stock: StockFact, payment: PaymentFact): CheckoutStep {
  return checkoutTable[stock][payment];
}
