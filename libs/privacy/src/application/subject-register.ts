import type { SubjectId } from '@entrepot/kernel';

/** The subjects that the shop database knows, and whether they may still be written about. */
export abstract class SubjectRegister {
  /**
   * Shuts the door on a subject the shop has not heard of. Answers false when it has: then there is, or
   * will be, an account.
   */
  abstract fenceIfUnknown(subject: SubjectId): Promise<boolean>;
}
