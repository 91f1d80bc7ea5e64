import type { LegalHoldId, StaffId, SubjectId } from '@entrepot/kernel';
import type { DataCategory } from '../domain/retention-rule.ts';

export interface LegalHold {
  readonly id: LegalHoldId;
  /** Undefined once the person is erased. */
  readonly subject: SubjectId | undefined;
  readonly category: DataCategory;
  readonly caseReference: string;
  readonly openedBy: StaffId;
  readonly openedAt: Date;
  readonly releasedAt: Date | undefined;
}

/** A case that was closed. */
export interface ClosedCase {
  readonly caseReference: string;
  readonly closedAt: Date;
}

/** Cases that forbid erasing a category of somebody's data. */
export abstract class LegalHolds {
  /**
   * Answers the hold that stands: this one, or the same one from before. Throws LEGAL_CASE_CLOSED for a case
   * that was closed, and SUBJECT_ERASED for somebody who is fenced.
   */
  abstract open(hold: LegalHold & { readonly subject: SubjectId }): Promise<LegalHold>;
  /** Releases all holds of a case at once; answers how many. */
  abstract closeCase(caseReference: string, by: StaffId, at: Date): Promise<number>;
  abstract list(rowsMax: number): Promise<LegalHold[]>;
  abstract find(id: LegalHoldId): Promise<LegalHold | undefined>;
  /** Those that stand about a person. */
  abstract openAbout(subject: SubjectId): Promise<LegalHold[]>;
  abstract closedCases(): Promise<ClosedCase[]>;
}
