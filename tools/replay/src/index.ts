export { CellBooks } from './cell-books.ts';
export { chaosKinds, FaultInjector } from './chaos.ts';
export type { ChaosKind, ChaosMatrix } from './chaos.ts';
export { History } from './history.ts';
export type { HistoryLine } from './history.ts';
export {
  DataMissingError,
  onlineRetailFile,
  readOnlineRetail,
  toCents,
  toPaise,
  warehouseOf,
} from './online-retail.ts';
export type {
  RetailData,
  RetailOrder,
  RetailOrderLine,
  RetailProduct,
  SkipReason,
} from './online-retail.ts';
export { tableOf } from './report.ts';
export type { ReplaySummary } from './report.ts';
export { replayOnlineRetail } from './run-replay.ts';
export type { ReplayOrder, ReplayResult, ReplayStack } from './run-replay.ts';
export { planStock } from './stock-plan.ts';
export type { PlannedStock } from './stock-plan.ts';
