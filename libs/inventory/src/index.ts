export { InventoryModule } from './inventory.module.ts';
export { openInventory } from './inventory.ts';
export { openRecovery, openWitnessedRecovery } from './open-recovery.ts';
export type { RecoveryOptions, WitnessedRecovery } from './open-recovery.ts';
export type { Inventory, InventoryOptions } from './inventory.ts';
export {
  borrowWaitMs,
  BorderPeerInventory,
  CellPeerInventory,
} from './adapters/http-peer-inventory.ts';
export type { BookAuditor } from './adapters/auditing/open-book-auditor.ts';
export { BooksDifferError, openBookAuditor } from './adapters/auditing/open-book-auditor.ts';
export { CanaryMetrics } from './adapters/auditing/canary-metrics.ts';
export { openVectorSigner } from './adapters/auditing/pg-vector-store.ts';
export { FileWitnessMark, WitnessMarkBrokenError } from './adapters/file-witness-mark.ts';
export { BorderRecoveryPeers, CellRecoveryPeers } from './adapters/http-recovery-peers.ts';
export { KafkaWitnessTopic, WitnessUnreadableError } from './adapters/kafka-witness-topic.ts';
export { PgCensusTaker } from './adapters/pg-census-taker.ts';
export { quotaGrantsConsumer } from './adapters/quota-grants.consumer.ts';
export { RebalanceMetrics } from './adapters/rebalance-metrics.ts';
export { RecallMetrics } from './adapters/recall-metrics.ts';
export { exposeCensus, StockMetrics } from './adapters/stock-metrics.ts';
export { availabilityItemOf } from './api/availability.view.ts';
export { cellInventoryRoutes, internalInventoryRoutes } from './api/cell-inventory.routes.ts';
export { askAheadEveryMs, AskAhead } from './application/ask-ahead.ts';
export type { AskAheadReport } from './application/ask-ahead.ts';
export { auditEveryMs } from './application/auditing/audit-books.ts';
export { signVectorsEveryMs } from './application/auditing/sign-vectors.ts';
export { buyCanaryEveryMs, BuyCanary } from './application/canary/buy-canary.ts';
export { cellRecoveryRoutes, internalRecoveryRoutes } from './api/recovery.routes.ts';
export { ConfirmReservations, ReleaseReservations } from './application/advance-reservations.ts';
export type { ConfirmResult, ReservationRef } from './application/advance-reservations.ts';
export { ExpireHolds } from './application/expire-holds.ts';
export { HeardPeers } from './application/heard-peers.ts';
export { PeerReportWriter } from './application/peer-report-writer.ts';
export { PeerInventory, PeerSilentError } from './application/peer-inventory.ts';
export { ReadAvailability } from './application/read-availability.ts';
export { recallEveryMs, RecallDeficit } from './application/recall-deficit.ts';
export type { RecallReport } from './application/recall-deficit.ts';
export { ReceiveStock } from './application/receive-stock.ts';
export {
  CompareWithPeers,
  compareWithPeersEveryMs,
} from './application/recovery/compare-with-peers.ts';
export { CompareWithWitness } from './application/recovery/compare-with-witness.ts';
export { RecoverCell, recoverEveryMs } from './application/recovery/recover-cell.ts';
export type { RecoveryReport } from './application/recovery/recover-cell.ts';
export { TellMovements, tellMovementsEveryMs } from './application/recovery/tell-movements.ts';
export { reconcileEveryMs, ReconcileChannels } from './application/reconcile-channels.ts';
export type { ReconcileReport } from './application/reconcile-channels.ts';
export { reservationIdOf } from './application/reservation-ids.ts';
export { holdSeconds, reserveBudgetMs, ReserveLines } from './application/reserve-lines.ts';
export type {
  HeldReservation,
  ReserveLinesRequest,
  ReserveLinesResult,
} from './application/reserve-lines.ts';
export { SeedStock } from './application/seed-stock.ts';
export type { StockToSeed } from './application/seed-stock.ts';
export { PgStockHints } from './adapters/pg-stock-hints.ts';
export { StockMap } from './application/stock-map.ts';
export { StockStore } from './application/stock-store.ts';
export { tellDemandEveryMs, TellDemand } from './application/tell-demand.ts';
export { censusEveryMs, TakeCensus } from './application/take-census.ts';
export type { Availability, AvailabilityAnswer } from './domain/availability.ts';
export { asksAheadPerSecond, spend } from './domain/borrow-budget.ts';
export type { BorrowBudget } from './domain/borrow-budget.ts';
export { horizonSeconds, paceAt, withOrder } from './domain/demand-rate.ts';
export type { DemandRate } from './domain/demand-rate.ts';
export { surrenders } from './domain/grant-policy.ts';
export { isPoolId, partsOf, poolIdOf } from './domain/pool.ts';
export type { PoolId } from './domain/pool.ts';
export {
  chunkStageOf,
  defaultSettings,
  openingSplit,
  planAhead,
  planGrant,
  planNeed,
} from './domain/rebalance-plan.ts';
export type {
  CellOutlook,
  ChunkStage,
  PlannedAsk,
  PlanSettings,
  PoolView,
} from './domain/rebalance-plan.ts';
export type { DroppedLine, OrderLine } from './domain/reservation-plan.ts';
export type { Reservation, ReservationId } from './domain/reservation.ts';
