import type { PrivacyRequestId, StaffId, SubjectId } from '@entrepot/kernel';

export interface NewGrievance {
  readonly id: PrivacyRequestId;
  readonly subject: SubjectId;
  readonly text: string;
  readonly filedAt: Date;
  readonly dueAt: Date;
}

/** A complaint and its answer, opened. */
export interface Grievance extends NewGrievance {
  readonly answer: string | undefined;
  readonly answeredAt: Date | undefined;
}

/** Complaints under the keys of those who complain; the clock of each is its request under the privacy law. */
export abstract class GrievanceStore {
  /** False where as many are open as may be. Throws SUBJECT_ERASED. */
  abstract insert(grievance: NewGrievance, openMax: number): Promise<boolean>;
  /** By when they were filed; of somebody who is erased none. */
  abstract ofSubject(subject: SubjectId): Promise<readonly Grievance[]>;
  abstract subjectOf(id: PrivacyRequestId): Promise<SubjectId | undefined>;
  abstract find(id: PrivacyRequestId): Promise<Grievance | undefined>;
  /** False where it was answered before. Throws SUBJECT_ERASED. */
  abstract answer(
    grievance: Pick<Grievance, 'id' | 'subject'>,
    answer: { readonly text: string; readonly staff: StaffId; readonly at: Date },
  ): Promise<boolean>;
}
