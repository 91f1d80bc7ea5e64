import type { NomineeId, StaffId, SubjectId } from '@entrepot/kernel';

/** Who it is and where they can be reached, as the person who named them typed it. */
export interface NomineeDetails {
  readonly fullName: string;
  readonly contact: string;
}

export interface Nominee extends NomineeDetails {
  readonly id: NomineeId;
  readonly namedAt: Date;
  /** When an officer heard them; undefined as long as nobody did. */
  readonly heardAt: Date | undefined;
}

export interface Hearing {
  readonly staff: StaffId;
  /** Number of the file in which the proof lies. */
  readonly evidence: string;
  readonly at: Date;
}

/** Who may act for a person after their death or incapacity, under the key of that person. */
export abstract class NomineeStore {
  /** Undefined where as many are named as may be. Throws SUBJECT_ERASED. */
  abstract insert(
    subject: SubjectId,
    nominee: NomineeDetails & { readonly id: NomineeId },
    nomineesMax: number,
  ): Promise<Nominee | undefined>;
  /** By when they were named; of somebody who is erased none. */
  abstract ofSubject(subject: SubjectId): Promise<readonly Nominee[]>;
  /** False where the person named nobody of this id. */
  abstract remove(subject: SubjectId, id: NomineeId): Promise<boolean>;
  /** False where they were heard before, or are none of the person. */
  abstract hear(subject: SubjectId, id: NomineeId, hearing: Hearing): Promise<boolean>;
}
