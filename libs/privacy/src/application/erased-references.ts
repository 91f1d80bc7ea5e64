import type { SubjectId } from '@entrepot/kernel';

/** What is left of the reference of somebody who was erased, once no backup holds the reference any more. */
export abstract class ErasedReferences {
  /**
   * A keyed hash of the reference, in the form of one: rows that are renamed keep their form. Whoever has an old
   * reference and the key finds the tombstone; nobody finds the reference from the tombstone. Undefined as
   * long as the vault has no key for it, and so no such tombstone.
   */
  abstract of(subject: SubjectId): Promise<SubjectId | undefined>;
}
