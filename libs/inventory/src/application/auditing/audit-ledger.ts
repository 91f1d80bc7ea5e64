import type {
  BookFinding,
  JournalPart,
  JournalSums,
  PoolBooksFound,
} from '../../domain/book-audit.ts';
import type { PoolId } from '../../domain/pool.ts';

/**
 * Two readers of the same journal. `tip` reads what is new and holds the pools that it concerns against it; `whole` begins
 * again and again at the first entry, so that a journal that was rewritten shows.
 */
export const auditScans = ['tip', 'whole'] as const;
export type AuditScan = (typeof auditScans)[number];

/** How much one window may read. */
export interface WindowBounds {
  /** Entries of the journal. */
  readonly entriesMax: number;
  /** Pools that nothing new happened to, in the order of their ids; and pools that are due from earlier windows. */
  readonly poolsMax: number;
}

/** One pool in a window. */
export interface WindowPool {
  readonly pool: PoolId;
  readonly before: JournalSums;
  /** Entries after those of `before`, up to the end of the window. */
  readonly fresh: readonly JournalPart[];
  /** The number of the last entry that `fresh` or `before` holds. */
  readonly position: bigint;
  /** Undefined where no books exist of a pool that the journal names. */
  readonly found: PoolBooksFound | undefined;
}

/** A stretch of the journal in one snapshot, with the pools that it concerns. */
export interface JournalWindow {
  readonly scan: AuditScan;
  /** Where the scan stood; it is moved on from there and from nowhere else. */
  readonly from: ScanMark;
  readonly to: ScanMark;
  /** The window ends with the journal: the books can be held against the sums. */
  readonly isAtEnd: boolean;
  /** And no pool is due after it. */
  readonly isCaughtUp: boolean;
  readonly snapshot: SnapshotOfBooks;
  /** The slice of pools was the last one. */
  readonly isLastSlice: boolean;
  readonly pools: readonly WindowPool[];
  /** Reservations of this stretch that are not where their last movement left them. */
  readonly strays: readonly BookFinding[];
}

/** When a snapshot was taken, by the clock of the database, and what the cell was then. */
export interface SnapshotOfBooks {
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly epoch: number;
  readonly state: string;
}

export interface ScanMark {
  /** Entries up to here were all visible when they were summed: none can be committed below it any more. */
  readonly low: bigint;
  /** The next `low`: transactions that were under way may still commit below it. */
  readonly candidate: bigint;
  /** A transaction that began after all of these: what is read when all before it are over has everything up to `candidate`. */
  readonly horizon: bigint;
  /** Summed up to here, as far as it was visible. */
  readonly reached: bigint;
  /** The pool after which the next slice begins. */
  readonly cursor: string;
  /** Rises when a scan begins anew: sums of an earlier round count for nothing. */
  readonly round: number;
}

/** What a window leads to. */
export interface WindowResult {
  readonly sums: readonly {
    readonly pool: PoolId;
    readonly position: bigint;
    readonly sums: JournalSums;
    /** Its books have not been held against these sums. */
    readonly isDue: boolean;
  }[];
  /** Pools whose books were held against their journal: what was found wrong before and is not now, is cleared. */
  readonly audited: readonly PoolId[];
  readonly findings: readonly BookFinding[];
}

export interface AuditDelay {
  /** Since the last window; infinite before the first. */
  readonly seconds: number;
  /** Entries of the journal that no window has held. */
  readonly entries: number;
}

/** Where the auditor keeps what it has read and found. */
export abstract class AuditLedger {
  abstract readWindow(scan: AuditScan, bounds: WindowBounds): Promise<JournalWindow>;

  /**
   * Keeps the result, tells the books in a vector where `tip` has come to the end of the journal, and moves the scan on: all
   * or nothing. False where another process has moved it.
   */
  abstract keep(window: JournalWindow, result: WindowResult, to: ScanMark): Promise<boolean>;

  /** Faults that were found and have not been cleared. */
  abstract countOpen(): Promise<readonly { readonly fault: string; readonly pools: number }[]>;

  /** Vectors that have been told and wait for their signature. */
  abstract countUnsigned(): Promise<number>;

  /** How far the reader of what is new is behind. */
  abstract measureDelay(): Promise<AuditDelay>;
}
