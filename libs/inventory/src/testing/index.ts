export { AvailabilityMetrics } from '../adapters/availability-metrics.ts';
export { ReserveMetrics } from '../adapters/reserve-metrics.ts';
export { BenchStock, keepInFlight, measureHotSku, PlainRows } from './hot-sku-bench.ts';
export type { HotSkuFigures, HotSkuOptions, LoadFigures, LoadOptions } from './hot-sku-bench.ts';
export { ShortageLooks } from '../application/shortage-looks.ts';
export type { Short } from '../application/shortage-looks.ts';
export type { Collect } from '../application/borrow-desk.ts';
export { emptyBalances } from '../domain/accounts.ts';
export type { Balances, Movement } from '../domain/accounts.ts';
export { bandOf, isFinal } from '../domain/availability.ts';
export {
  channelOf,
  emptyBooks,
  emptyChannel,
  emptyStock,
  firstEpoch,
  freeOf,
  peerEpochOf,
  positionOf,
} from '../domain/cell-stock.ts';
export type { CellStock, PoolBooks } from '../domain/cell-stock.ts';
export type {
  Ack,
  Apply,
  Command,
  Grant,
  Mint,
  Outcome,
  DocumentId,
  Readopt,
  Repair,
  Reserve,
  Resolve,
  Transition,
  Verdict,
} from '../domain/commands.ts';
export { decideBatch } from '../domain/escrow.ts';
export { ceilingFor, levelFor, surrenders } from '../domain/grant-policy.ts';
export { findBreaches, findGlobalBreaches } from '../domain/invariants.ts';
export { byPoolId } from '../domain/pool.ts';
export type { PoolPosition, QuotaChannel } from '../domain/pool.ts';
export { beginRecovery, endRecovery, hearEpoch } from '../domain/recovery.ts';
export { transitions } from '../domain/reservation.ts';
export type { Reservation, ReservationState, TransitionKind } from '../domain/reservation.ts';
export { findForgotten, HighestTotals, isBelow, NewestMovements } from '../domain/witness.ts';
export type { JournalPlace, Witnessed } from '../domain/witness.ts';
export type { OpenRecovery } from '../application/recovery/recovery-books.ts';
