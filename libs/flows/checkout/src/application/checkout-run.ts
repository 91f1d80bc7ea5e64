import type { Order } from '@entrepot/orders';
import type { Payment } from '@entrepot/payments';
import { paymentFactOf } from '@entrepot/payments';
import type { CheckoutStep, PaymentFact, StockFact } from '../domain/checkout.ts';
import type { Hold, Shortage, StockRound } from './order-stock.ts';

/** What is known of an order while somebody works on it. */
export interface CheckoutRun {
  readonly order: Order;
  readonly stock: StockFact;
  readonly payment: Payment | undefined;
  /** Known to whoever held them itself. */
  readonly holds?: readonly Hold[];
  /** Where the last attempt to hold came short. */
  readonly shortages: readonly Shortage[];
  /** The last attempt to hold came short: for good, or only until someone asks again. */
  readonly holdRefused?: 'finally' | 'for_now';
}

/** How a run ended: the order rests, or its stock could not be decided and it waits to be asked again. */
export interface CheckoutResult extends CheckoutRun {
  readonly end: 'resting' | 'undecided';
}

/** A step carried out: the run afterwards. */
export interface CheckoutAction {
  execute(run: CheckoutRun): Promise<CheckoutRun>;
}

export type ActingStep = Exclude<
  CheckoutStep,
  'await_shopper' | 'await_provider' | 'confirm_order' | 'decline' | 'refuse' | 'alarm'
>;

/** A void that was not answered is unknown: nothing is sold for it, and whoever looks next asks again. */
export const paymentFact = (payment: Payment | undefined): PaymentFact =>
  payment === undefined ? 'none' : paymentFactOf(payment.state);

/** The round with the lines that are still ordered. */
export const stockRoundOf = ({ orderId, reserveRound, lines, onShortage }: Order): StockRound => ({
  orderId,
  reserveRound,
  lines: lines.filter(({ dropped }) => dropped === undefined),
  onShortage,
});
