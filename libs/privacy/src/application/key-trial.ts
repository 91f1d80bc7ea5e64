import type { SubjectId } from '@entrepot/kernel';

/** Tries with this process's own login at the KMS what a thief of the vault would try. */
export abstract class KeyTrial {
  /**
   * Whether the person's data key, as it was wrapped before the erasure, can still be opened. Throws
   * where the KMS could not be asked: no answer is no proof.
   */
  abstract opens(subject: SubjectId): Promise<boolean>;
}
