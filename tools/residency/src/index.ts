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
