import type { CellId } from '@entrepot/kernel';
import type { Database, Transaction } from '@entrepot/platform-database';
import {
  AuditLedger,
  type AuditDelay,
  type AuditScan,
  type JournalWindow,
  type ScanMark,
  type SnapshotOfBooks,
  type WindowBounds,
  type WindowPool,
  type WindowResult,
} from '../../application/auditing/audit-ledger.ts';
import { digestOfVector, textOfVector } from '../../application/auditing/conservation-vector.ts';
import { vectorOfWindow } from '../../application/auditing/vector-of-window.ts';
import { emptySums, type BookFinding, type JournalSums } from '../../domain/book-audit.ts';
import {
  appendVector,
  clearFindings,
  countOpen,
  countUnsigned,
  dropOldVectors,
  keepFindings,
  keepSums,
  lastVector,
  measureDelay,
  moveScan,
  readWindow,
} from './audit-statements.ts';

interface WindowRow extends ScanMark, SnapshotOfBooks {
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

/** A day and an hour of them, at one a minute. */
const vectorsKept = 1_500;

/** Reads the journal and keeps the auditor's own tables; no book of the stock is written. */
export class PgAuditLedger extends AuditLedger {
  constructor(
    private readonly shop: Database,
    private readonly cell: CellId,
  ) {
    super();
  }

  async readWindow(scan: AuditScan, bounds: WindowBounds): Promise<JournalWindow> {
    const values = [scan, bounds.entriesMax, bounds.poolsMax];
    const [row] = await this.shop.query<WindowRow>(readWindow, values);
    if (row === undefined) throw new Error('the database does not say whose it is');
    const { low, candidate, horizon, reached, cursor, round } = row;
    const { isAtEnd, isCaughtUp, isLastSlice, strays } = row;
    const { notBefore, notAfter, epoch, state } = row;
    return {
      ...{ scan, isAtEnd, isCaughtUp, isLastSlice, strays },
      snapshot: { notBefore, notAfter, epoch, state },
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
        if (scan === 'tip' && window.isAtEnd) await this.tellVector(tx, window);
      });
      return true;
    } catch (error) {
      if (error instanceof ScanMovedError) return false;
      throw error;
    }
  }

  /** Who has moved the scan on in this transaction is alone with the end of the chain. */
  private async tellVector(tx: Transaction, window: JournalWindow): Promise<void> {
    const [last] = await tx.query<{ number: bigint; digest: string }>(lastVector);
    const before = last && { number: Number(last.number), digest: last.digest };
    const vector = vectorOfWindow(this.cell, window, before);
    const body = textOfVector(vector);
    const takenAt = window.snapshot.notBefore;
    await tx.execute(appendVector, [vector.number, body, digestOfVector(body), takenAt]);
    await tx.execute(dropOldVectors, [vector.number - vectorsKept]);
  }

  async countOpen(): Promise<readonly { readonly fault: string; readonly pools: number }[]> {
    return this.shop.query(countOpen);
  }

  async countUnsigned(): Promise<number> {
    const [row] = await this.shop.query<{ readonly vectors: number }>(countUnsigned);
    return row?.vectors ?? 0;
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
