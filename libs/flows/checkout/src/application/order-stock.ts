import type { OrderId, Sku } from '@entrepot/kernel';
import type { DroppedLine } from '@entrepot/orders';
import type { StockFact } from '../domain/checkout.ts';

/** One attempt of an order to hold its lines; the round is part of every reservation's identity. */
export interface StockRound {
  readonly orderId: OrderId;
  readonly reserveRound: number;
  readonly lines: readonly { readonly sku: Sku; readonly quantity: number }[];
  readonly onShortage: 'refuse' | 'partial';
}

/** Why a line could not be held. `available` comes with INSUFFICIENT. */
export interface Shortage {
  readonly sku: Sku;
  readonly reason: 'INSUFFICIENT' | 'GLOBAL_EMPTY' | 'BORROWING' | 'PEER_UNREACHABLE';
  readonly available?: number;
}

export type HoldOutcome =
  /** All lines but the dropped ones are held; some are. */
  | { readonly kind: 'held'; readonly dropped: ReadonlyMap<Sku, DroppedLine> }
  /** Nothing is held: units that do not exist were asked for. Asking again would answer the same. */
  | { readonly kind: 'refused'; readonly shortages: readonly Shortage[] }
  /** Nothing is held: units may be on their way, or a cell does not answer. A new round may succeed. */
  | { readonly kind: 'undecided'; readonly shortages: readonly Shortage[] };

/** What the checkout asks of the stock. Every call may be repeated; OutcomeUnknownError passes through. */
export abstract class OrderStock {
  abstract hold(round: StockRound): Promise<HoldOutcome>;
  /** `lost` where a hold ran out before. */
  abstract sell(round: StockRound): Promise<'sold' | 'lost'>;
  /** Ends all holds of the round; nothing of it can be held afterwards. */
  abstract release(round: StockRound): Promise<void>;
  /** Takes back a sale that was never paid for. */
  abstract cancelSale(round: StockRound): Promise<void>;
  abstract factOf(round: StockRound): Promise<StockFact>;
}
