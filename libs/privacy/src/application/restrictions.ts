import type { StaffId, SubjectId } from '@entrepot/kernel';

/** Storing somebody's data without using them (GDPR Article 18). An erasure that cools off does so by itself. */
export abstract class Restrictions {
  /** Answers false for somebody who is unknown, fenced or erased. Doing it again changes nothing. */
  abstract restrict(subject: SubjectId, by: StaffId): Promise<boolean>;
  /** Lifts what staff restricted; an erasure that cools off goes on restricting. */
  abstract lift(subject: SubjectId): Promise<boolean>;
}
