import type { CellId } from '@entrepot/kernel';
import type { Database } from '@entrepot/platform-database';
import type { Metrics } from '@entrepot/platform-telemetry';
import { AuditBooks, type AuditReport } from '../../application/auditing/audit-books.ts';
import { AuditMetrics } from './audit-metrics.ts';
import { PgAuditLedger } from './pg-audit-ledger.ts';

/** The books of this cell do not agree with their journal; what is wrong is in `inventory.audit_finding`. */
export class BooksDifferError extends Error {
  override readonly name = 'BooksDifferError';
  readonly code = 'STOCK_BOOKS_DIFFER';
}

export interface BookAuditor {
  /** One run. Throws BooksDifferError where it finds anything, so that the run counts as failed and is logged. */
  run(): Promise<AuditReport>;
}

/** The auditor of a worker process, with its metrics. */
export function openBookAuditor({
  cell,
  shop,
  metrics,
}: {
  readonly cell: CellId;
  readonly shop: Database;
  readonly metrics: Metrics;
}): BookAuditor {
  const ledger = new PgAuditLedger(shop, cell);
  const books = new AuditBooks(cell, ledger);
  const told = new AuditMetrics(metrics, ledger);
  return {
    run: async () => {
      const report = await books.execute();
      told.note(report);
      const faults = new Set(report.findings.map(({ fault }) => fault));
      if (faults.size > 0) throw new BooksDifferError([...faults].toSorted().join(', '));
      return report;
    },
  };
}
