import type { CellId } from '@entrepot/kernel';
import { addJournal, auditPool, type BookFinding } from '../../domain/book-audit.ts';
import type {
  AuditLedger,
  AuditScan,
  JournalWindow,
  ScanMark,
  WindowBounds,
  WindowResult,
} from './audit-ledger.ts';

/** A window stays well within the time that the database gives a transaction of a process. */
const defaultBounds: WindowBounds = { entriesMax: 4_000, poolsMax: 500 };
const windowsMax: Readonly<Record<AuditScan, number>> = { tip: 100, whole: 10 };

export const auditEveryMs = 60_000;

export interface AuditReport {
  readonly windows: number;
  /** Pools whose books were held against their journal. */
  readonly audited: number;
  readonly findings: readonly BookFinding[];
  /** False where more was written than one run may read: the next run goes on there. */
  readonly isCaughtUp: boolean;
}

/**
 * Holds the books of this cell against their journal, again and again: balances, channels, reservations. What it costs
 * follows what has happened since the last time, and a slice of the rest.
 */
export class AuditBooks {
  constructor(
    private readonly cell: CellId,
    private readonly ledger: AuditLedger,
    private readonly bounds: Readonly<Record<AuditScan, WindowBounds>> = {
      tip: defaultBounds,
      whole: defaultBounds,
    },
  ) {}

  async execute(): Promise<AuditReport> {
    const tip = await this.scan('tip');
    const whole = await this.scan('whole');
    return {
      windows: tip.windows + whole.windows,
      audited: tip.audited + whole.audited,
      findings: [...tip.findings, ...whole.findings],
      isCaughtUp: tip.isCaughtUp,
    };
  }

  private async scan(scan: AuditScan): Promise<AuditReport> {
    let report: AuditReport = { windows: 0, audited: 0, findings: [], isCaughtUp: false };
    while (!report.isCaughtUp && report.windows < windowsMax[scan]) {
      const window = await this.ledger.readWindow(scan, this.bounds[scan]);
      const result = resultOf(this.cell, window);
      const isKept = await this.ledger.keep(window, result, nextOf(window));
      // another worker of the cell is at it
      if (!isKept) break;
      // what follows waits for a transaction that is still under way
      if (!window.isAtEnd && window.to.reached === window.from.reached) break;
      report = {
        windows: report.windows + 1,
        audited: report.audited + result.audited.length,
        findings: [...report.findings, ...result.findings],
        isCaughtUp: window.isCaughtUp,
      };
    }
    return report;
  }
}

function resultOf(cell: CellId, window: JournalWindow): WindowResult {
  const { isAtEnd, pools, strays } = window;
  const read = pools.map((of) => ({ ...of, sums: addJournal(of.before, of.fresh) }));
  const audited = isAtEnd ? read : [];
  return {
    sums: read.map(({ pool, position, sums }) => ({ pool, position, sums, isDue: !isAtEnd })),
    audited: audited.map(({ pool }) => pool),
    findings: [
      ...strays,
      ...audited.flatMap(({ pool, before, sums, found }) =>
        found === undefined
          ? [{ pool, fault: 'JOURNAL_DIFFERS' as const, figures: { books: 'missing' } }]
          : auditPool(cell, pool, { before, sums, found }),
      ),
    ],
  };
}

/** The whole journal is read from its beginning again when the last pool has been held against it. */
function nextOf({ scan, to, isAtEnd, isCaughtUp, isLastSlice }: JournalWindow): ScanMark {
  const isRoundOver = isAtEnd && isLastSlice;
  if (scan === 'tip') return isRoundOver ? { ...to, cursor: '' } : to;
  if (!isRoundOver || !isCaughtUp) return to;
  return { low: 0n, candidate: 0n, horizon: 0n, reached: 0n, cursor: '', round: to.round + 1 };
}
