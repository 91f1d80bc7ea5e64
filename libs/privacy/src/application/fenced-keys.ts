import type { SubjectId } from '@entrepot/kernel';
import type { FieldCipher, Tombstone } from '@entrepot/platform-crypto';

/**
 * The key of somebody who is fenced, for the one use that is left for it: to move what a law or a case keeps
 * under another key before this one ends.
 */
export abstract class FencedKeys {
  /**
   * Runs work with a cipher over the key, which is closed when the work is done. A tombstone where there is
   * no key, or it has ended already. Throws for somebody who is not fenced, and `DomainError('UNAVAILABLE')` when neither
   * the vault nor KMS answers.
   */
  abstract open<T>(
    subject: SubjectId,
    work: (cipher: FieldCipher) => Promise<T>,
  ): Promise<T | Tombstone>;
}
