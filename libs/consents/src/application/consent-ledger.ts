import type { SubjectId } from '@entrepot/kernel';
import type { ConsentEntry, DatedConsent } from '../domain/consent.ts';

/** Decisions, one after the other. None is ever changed. */
export abstract class ConsentLedger {
  /**
   * Writes down a decision unless it is the one that holds already. Throws SUBJECT_ERASED where the person
   * is fenced.
   */
  abstract append(entry: ConsentEntry): Promise<void>;
  /** The newest decision about each purpose that was ever decided. */
  abstract current(subject: SubjectId): Promise<readonly DatedConsent[]>;
  /** All decisions, oldest first. */
  abstract history(subject: SubjectId): Promise<readonly DatedConsent[]>;
  /** Deletes all decisions of a person; the number deleted. */
  abstract deleteAllOf(subject: SubjectId): Promise<number>;
}
