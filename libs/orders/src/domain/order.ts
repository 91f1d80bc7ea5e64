import type {
  CartId,
  CurrencyCode,
  OrderId,
  SalesChannelId,
  Sku,
  SubjectId,
} from '@entrepot/kernel';
import { Money, taxIncluded } from '@entrepot/kernel';

export const orderStatuses = [
  'placing',
  'requires_action',
  'pending',
  'confirmed',
  'declined',
  'refused',
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** From each status, where an order may go. Declined is not the end: the shopper may pay another way. */
export const orderTransitions: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  placing: ['requires_action', 'pending', 'confirmed', 'declined', 'refused'],
  requires_action: ['placing', 'pending', 'confirmed', 'declined', 'refused'],
  pending: ['requires_action', 'confirmed', 'declined', 'refused'],
  declined: ['placing'],
  confirmed: [],
  refused: [],
};

export const isSettled = (status: OrderStatus): boolean =>
  status === 'confirmed' || status === 'declined' || status === 'refused';

/** Why a line was left out of an order that was placed with `onShortage: partial`. */
export interface DroppedLine {
  readonly reason: 'INSUFFICIENT' | 'GLOBAL_EMPTY';
  /** Units that could have been had; given with INSUFFICIENT. */
  readonly available?: number;
}

export interface OrderLine {
  readonly lineNumber: number;
  readonly sku: Sku;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly taxRateBasisPoints: number;
  readonly taxIncluded: Money;
  readonly priceVersion: number;
  readonly dropped?: DroppedLine;
}

/** What a cart's line is at the moment of the claim: the catalog's price, pinned from here on. */
export interface PricedLine {
  readonly sku: Sku;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly taxRateBasisPoints: number;
  readonly priceVersion: number;
}

export interface Order {
  readonly orderId: OrderId;
  /** Undefined once the person was erased, like the cart. */
  readonly subjectId: SubjectId | undefined;
  readonly salesChannelId: SalesChannelId;
  readonly cartId: CartId | undefined;
  readonly status: OrderStatus;
  readonly onShortage: 'refuse' | 'partial';
  readonly reserveRound: number;
  /** Nothing of the present round is held or on its way: the next to hold numbers another. */
  readonly hasRoundEnded: boolean;
  readonly paymentAttempt: number;
  readonly fencingToken: bigint;
  readonly version: number;
  readonly currency: CurrencyCode;
  readonly total: Money;
  readonly taxIncluded: Money;
  readonly paymentMethod: 'card' | 'upi' | 'sepa_debit';
  readonly paymentToken?: string | undefined;
  /** Until when the shopper may act at the provider; set while an action is required. */
  readonly actionUntil?: Date;
  readonly refusalCode?: string;
  readonly placedAt: Date;
  /** When the present attempt to pay was claimed; the first is claimed with the order. */
  readonly attemptedAt: Date;
  readonly confirmedAt?: Date;
  readonly lines: readonly OrderLine[];
}

export const lineTotal = (line: Pick<OrderLine, 'unitPrice' | 'quantity'>): Money =>
  line.unitPrice.times(line.quantity);

/** Pins the lines: tax is rounded half up per line; sums are made of the rounded lines. */
export function pinLines(priced: readonly PricedLine[]): OrderLine[] {
  return priced.map((line, index) => ({
    ...line,
    lineNumber: index + 1,
    taxIncluded: taxIncluded(lineTotal(line), line.taxRateBasisPoints),
  }));
}

export interface OrderTotals {
  readonly total: Money;
  readonly taxIncluded: Money;
}

/** Totals over the lines that are still ordered. */
export function totalsOf(lines: readonly OrderLine[], currency: CurrencyCode): OrderTotals {
  const ordered = lines.filter((line) => line.dropped === undefined);
  return {
    total: ordered.reduce((sum, line) => sum.plus(lineTotal(line)), Money.zero(currency)),
    taxIncluded: ordered.reduce((sum, line) => sum.plus(line.taxIncluded), Money.zero(currency)),
  };
}

/** The order without the lines that cannot be had; totals follow. */
export function dropLines(order: Order, dropped: ReadonlyMap<Sku, DroppedLine>): Order {
  const lines = order.lines.map((line) => {
    const reason = dropped.get(line.sku);
    return reason === undefined ? line : { ...line, dropped: reason };
  });
  return { ...order, lines, ...totalsOf(lines, order.currency) };
}

/** Throws where the table does not allow the change: a programming error, never a shopper's. */
export function assertTransition(from: OrderStatus, to: OrderStatus): void {
  if (from !== to && !orderTransitions[from].includes(to)) {
    throw new Error(`an order may not go from ${from} to ${to}`);
  }
}
