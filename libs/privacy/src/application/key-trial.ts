import type { SubjectId } from '@entrepot/kernel';

/**
 * What a login gets that tries a person's data key: the key; that the KMS serves it to nobody; that the login may
 * use no such key; or that nothing is left that wraps it.
 */
export type KeyTrialOutcome = 'opened' | 'key-gone' | 'login-refused' | 'nothing-wrapped';

/** Tries with this process's own login at the KMS what a thief of the vault would try. */
export abstract class KeyTrial {
  /**
   * Tries to open the person's data key as it was wrapped before the erasure. Throws where the KMS could not be
   * asked: no answer is no proof.
   */
  abstract attempt(subject: SubjectId): Promise<KeyTrialOutcome>;

  async opens(subject: SubjectId): Promise<boolean> {
    return (await this.attempt(subject)) === 'opened';
  }
}
