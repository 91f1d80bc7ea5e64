import type { Metrics } from '@entrepot/platform-telemetry';
import type { AuditReport } from '../../application/auditing/audit-books.ts';
import type { AuditLedger } from '../../application/auditing/audit-ledger.ts';
import { bookFaults } from '../../domain/book-audit.ts';

/**
 * What the auditor of this cell has found, and how much it has looked at. The gauges are read from its tables: every
 * worker tells the same, whichever of them audits.
 */
export class AuditMetrics {
  private readonly audited;

  constructor(metrics: Metrics, ledger: AuditLedger) {
    metrics.gauge({
      name: 'entrepot_inventory_audit_findings',
      help: 'Pools whose books do not agree with their journal, by what is wrong',
      labels: ['code'],
      collect: async (gauge) => {
        const open = new Map((await ledger.countOpen()).map((of) => [of.fault, of.pools]));
        for (const code of bookFaults) gauge.set({ code }, open.get(code) ?? 0);
      },
    });
    metrics.gauge({
      name: 'entrepot_inventory_audit_age_seconds',
      help: 'Since the last window of the journal was audited; infinite where none ever was',
      collect: async (gauge) => gauge.set((await ledger.measureDelay()).seconds),
    });
    metrics.gauge({
      name: 'entrepot_inventory_audit_lag_entries',
      help: 'Entries of the journal that no audit has read',
      collect: async (gauge) => gauge.set((await ledger.measureDelay()).entries),
    });
    metrics.gauge({
      name: 'entrepot_inventory_unsigned_vectors',
      help: 'Totals of stock that were taken and that the border process has not signed',
      collect: async (gauge) => gauge.set(await ledger.countUnsigned()),
    });
    this.audited = metrics.counter({
      name: 'entrepot_inventory_audited_pools_total',
      help: 'Times that the books of a pool were held against their journal',
    });
  }

  note({ audited }: AuditReport): void {
    this.audited.inc(audited);
  }
}
