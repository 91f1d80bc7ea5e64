export { compareWorlds } from './two-worlds/compare-worlds.ts';
export type { WorldComparison, WorldDifference } from './two-worlds/compare-worlds.ts';
export type { Crossing, WorldTraffic } from './two-worlds/crossing.ts';
export { controlLeaks } from './two-worlds/control-leaks.ts';
export type { ControlLeak } from './two-worlds/control-leaks.ts';
export { liveDay, quantityMax, seededPurchases } from './two-worlds/live-day.ts';
export type { DayEnd, DayPlan, Purchase } from './two-worlds/live-day.ts';
export { CatalogStream } from './two-worlds/read-catalog.ts';
export { crossingsOf } from './two-worlds/read-http.ts';
export type { TappedChunk } from './two-worlds/read-http.ts';
export { readTopics } from './two-worlds/read-topics.ts';
export { worldNames } from './two-worlds/world-people.ts';
export type { WorldName } from './two-worlds/world-people.ts';
export { heldAgainst } from './egress/hold-against.ts';
export type { Misplaced } from './egress/hold-against.ts';
export { saidIn } from './egress/said.ts';
export type { Said } from './egress/said.ts';
export { processesOf } from './cell-processes.ts';
export type { CellProcess } from './cell-processes.ts';
export { openConnections } from './open-connections.ts';
export type { OpenConnection } from './open-connections.ts';
export {
  isConsistent,
  reportOf,
  reportStatement,
  residencyReportBody,
  residencyReports,
  sealReport,
} from './residency-report.ts';
export type {
  ReportSeal,
  ResidencyReportBody,
  ResidencyReports,
  SignedResidencyReport,
} from './residency-report.ts';
