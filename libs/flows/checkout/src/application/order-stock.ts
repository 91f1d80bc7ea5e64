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

/** Units held for an order, as the stock knows them. */
export interface Hold {
  readonly reservation: string;
  readonly pool: string;
  readonly quantity: number;
}

export type HoldOutcome =
  /** All lines but the dropped ones are held; some are. */
  | {
      readonly kind: 'held';
      readonly holds: readonly Hold[];
      readonly dropped: ReadonlyMap<Sku, DroppedLine>;
    }
  /** Nothing is held: units that do not exist were asked for. Asking again would answer the same. */
  | { readonly kind: 'refused'; readonly shortages: readonly Shortage[] }
  /** Nothing is held: units may be on their way, or a cell does not answer. A new round may succeed. */
  | { readonly kind: 'undecided'; readonly shortages: readonly Shortage[] };

/** What the checkout asks of the stock. Every call may be repeated; OutcomeUnknownError passes through. */
export abstract class OrderStock {
  abstract hold(round: StockRound): Promise<HoldOutcome>;
  /** `lost` where a hold ran out before. Holds that the caller does not know of are looked up. */
  abstract sell(round: StockRound, known?: readonly Hold[]): Promise<'sold' | 'lost'>;
  /** Ends all holds of the round. */
  abstract release(round: StockRound): Promise<void>;
  /**
   * Ends the round of somebody whose call may still be on its way: nothing of it can be held afterwards,
   * however late that call arrives.
   */
  abstract abandon(round: StockRound): Promise<void>;
  /** Takes back a sale that was never paid for. */
  abstract cancelSale(round: StockRound): Promise<void>;
  abstract factOf(round: StockRound): Promise<StockFact>;
}
