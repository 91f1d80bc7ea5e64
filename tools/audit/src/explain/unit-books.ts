import type { ChannelTotals, JournalTotal, PoolBalances, ReservedUnits } from '../check-stock.ts';

/** What moved units, told with what it was for. `reference` is an order, a document or a peer cell. */
export interface ExplainedMovement {
  /** Milliseconds since 1970 by the clock of the cell's database. */
  readonly at: number;
  readonly movement: string;
  readonly units: number;
  readonly reference: string;
  /** For a document, what kind of act it was: `writeOff`, `count`. */
  readonly act: string | undefined;
}

/** Units that wait for one order. Order ids are those of the cell's own orders. */
export interface OrderUnits {
  readonly orderId: string;
  readonly state: 'HELD' | 'CONFIRMED';
  readonly units: number;
  /** Milliseconds since 1970; when a hold ends. */
  readonly expiresAt: number;
}

/** One act of giving to a peer, newest first. */
export interface GivenUnits {
  readonly peer: string;
  readonly units: number;
  readonly at: number;
}

/** Everything one cell knows of one pool, in one snapshot. */
export interface PoolOfCell {
  readonly balances: PoolBalances;
  readonly channels: readonly ChannelTotals[];
  readonly journal: readonly JournalTotal[];
  readonly reservations: readonly ReservedUnits[];
  /** How many different orders hold and have bought units that are still here. */
  readonly orders: { readonly holding: number; readonly bought: number };
  /** The newest of these orders. */
  readonly newestOrders: readonly OrderUnits[];
  readonly newestGiven: readonly GivenUnits[];
  readonly movements: number;
  readonly newestMovements: readonly ExplainedMovement[];
}

export interface UnitsOfCell {
  readonly cell: string;
  readonly takenAt: string;
  readonly epoch: number;
  readonly state: string;
  readonly pools: readonly PoolOfCell[];
}
