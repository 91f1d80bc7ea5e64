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
