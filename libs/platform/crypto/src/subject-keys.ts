import type { SubjectId } from '@entrepot/kernel';
import type { SubjectKey } from './subject-key.ts';
import type { Tombstone } from './tombstone.ts';

/** The keys of all subjects of a cell: one per person, and destroying it erases the person. */
export abstract class SubjectKeys {
  /**
   * Gives a subject without a login, such as a guest, a key that can be used at once. Does nothing for a
   * subject that has one. Throws `DomainError('SUBJECT_ERASED')` for a subject that was fenced: a
   * destroyed key is never made again.
   */
  abstract create(subject: SubjectId): Promise<void>;

  /**
   * Runs work with the subject's key. The work is synchronous and keeps nothing of the key, so that no
   * key can be overwritten under it. Throws `DomainError('UNAVAILABLE')` when neither the vault nor KMS
   * answers: a fence that cannot be checked counts as closed.
   */
  abstract use<T>(subject: SubjectId, work: (key: SubjectKey) => T): Promise<T | Tombstone>;
}
