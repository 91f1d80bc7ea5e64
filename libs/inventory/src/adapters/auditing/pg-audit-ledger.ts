import type { Database } from '@entrepot/platform-database';
import {
  AuditLedger,
  type AuditDelay,
  type AuditScan,
  type JournalWindow,
  type ScanMark,
  type WindowBounds,
  type WindowPool,
  type WindowResult,
} from '../../application/auditing/audit-ledger.ts';
import { emptySums, type BookFinding, type JournalSums } from '../../domain/book-audit.ts';
import {
  clearFindings,
  countOpen,
  keepFindings,
  keepSums,
  measureDelay,
  moveScan,
  readWindow,
} from './audit-statements.ts';

interface WindowRow extends ScanMark {
  readonly upto: bigint;
  readonly nextLow: bigint;
  readonly nextCandidate: bigint;
  readonly nextHorizon: bigint;
  readonly isAtEnd: boolean;
  readonly isCaughtUp: boolean;
  readonly isLastSlice: boolean;
  readonly nextCursor: string;
  readonly pools: readonly (Omit<WindowPool, 'before' | 'position' | 'found'> & {
    readonly before: JournalSums | null;
    readonly position: string;
    readonly found: WindowPool['found'] | null;
  })[];
  readonly strays: readonly BookFinding[];
}

/** What was moved on meanwhile is not moved on again: the transaction is given up. */
class ScanMovedError extends Error {
  override readonly name = 'ScanMovedError';
}

/** Reads the journal and keeps the auditor's own tables; no book of the stock is written. */
export class PgAuditLedger extends AuditLedger {
  constructor(private readonly shop: Database) {
    super();
  }

  async readWindow(scan: AuditScan, bounds: WindowBounds): Promise<JournalWindow> {
    const values = [scan, bounds.entriesMax, bounds.poolsMax];
    const [row] = await this.shop.query<WindowRow>(readWindow, values);
    if (row === undefined) throw new Error('a window has no row');
    const { low, candidate, horizon, reached, cursor, round } = row;
    const { isAtEnd, isCaughtUp, isLastSlice, strays } = row;
    return {
      ...{ scan, isAtEnd, isCaughtUp, isLastSlice, strays },
      from: { low, candidate, horizon, reached, cursor, round },
      to: {
        low: row.nextLow,
        candidate: row.nextCandidate,
        horizon: row.nextHorizon,
        reached: row.upto,
        cursor: row.nextCursor,
        round,
      },
      pools: row.pools.map(({ before, position, found, ...pool }) => ({
        ...pool,
        before: before ?? emptySums,
        position: BigInt(position),
        found: found ?? undefined,
      })),
    };
  }

  async keep(window: JournalWindow, result: WindowResult, to: ScanMark): Promise<boolean> {
    const { scan, from } = window;
    const valuesOf = (of: ScanMark) => [
      ...[of.low, of.candidate, of.horizon, of.reached, of.cursor, of.round],
    ];
    const sums = result.sums.map((of) => ({ ...of, position: of.position.toString() }));
    const findings = JSON.stringify(onePerFault(result.findings));
    try {
      await this.shop.unitOfWork(async (tx) => {
        const moved = await tx.execute(moveScan, [scan, ...valuesOf(to), ...valuesOf(from)]);
        if (moved === 0) throw new ScanMovedError('another process audits this cell');
        await tx.execute(keepSums, [scan, from.round, JSON.stringify(sums)]);
        await tx.execute(clearFindings, [scan, result.audited, findings]);
        await tx.execute(keepFindings, [scan, findings]);
      });
      return true;
    } catch (error) {
      if (error instanceof ScanMovedError) return false;
      throw error;
    }
  }

  async countOpen(): Promise<readonly { readonly fault: string; readonly pools: number }[]> {
    return this.shop.query(countOpen);
  }

  async measureDelay(): Promise<AuditDelay> {
    const [delay] = await this.shop.query<AuditDelay>(measureDelay);
    if (delay === undefined) throw new Error('a delay has no row');
    return delay;
  }
}

/** The first of each fault of a pool stands for all of them. */
function onePerFault(findings: readonly BookFinding[]): BookFinding[] {
  const groups = Map.groupBy(findings, ({ pool, fault }) => `${pool} ${fault}`);
  return [...groups.values()].flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    const figures = more.length === 0 ? first.figures : { ...first.figures, more: more.length };
    return [{ ...first, figures }];
  });
}
