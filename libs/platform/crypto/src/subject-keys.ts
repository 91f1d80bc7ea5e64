import type { SubjectId } from '@entrepot/kernel';
import type { SubjectKey } from './subject-key.ts';
import type { Tombstone } from './tombstone.ts';

/** What a use needs of the key. */
export interface KeyNeed {
  /** A data key of this version or a later one: a ciphertext to be opened names it. */
  readonly versionMin?: number;
}

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
   * key can be overwritten under it. A key that was rotated elsewhere is fetched anew where the need asks
   * for it; one that never existed is not waited for. Throws `DomainError('UNAVAILABLE')` when neither the vault nor KMS
   * answers: a fence that cannot be checked counts as closed.
   */
  abstract use<T>(
    subject: SubjectId,
    work: (key: SubjectKey) => T,
    need?: KeyNeed,
  ): Promise<T | Tombstone>;
}
