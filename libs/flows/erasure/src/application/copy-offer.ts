import type { SubjectId } from '@entrepot/kernel';

/** A copy of somebody's data that is being made for them; told once. */
export interface OfferedCopy {
  readonly id: string;
  /** Opens the copy. */
  readonly passphrase: string;
  /** The secret part of the link. */
  readonly token: string;
}

/** Has a copy made for whoever is about to be forgotten (GDPR Articles 15 and 20): afterwards nobody can. */
export abstract class CopyOffer {
  /** For a copy that is offered later, or never; undefined where none is made. */
  abstract newPassphrase(): string | undefined;
  /** The link goes to the person's address too. Undefined where no copies are made. Throws SUBJECT_ERASED. */
  abstract execute(subject: SubjectId, passphrase?: string): Promise<OfferedCopy | undefined>;
}

/** For a process that makes no copies. */
export class NoCopyOffer extends CopyOffer {
  override newPassphrase(): undefined {
    return undefined;
  }

  override execute(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}
