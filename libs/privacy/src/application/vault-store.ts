import type { SubjectId } from '@entrepot/kernel';
import type { LoginAudience, VaultEntry } from '@entrepot/platform-crypto';

/** One hash of a login per open epoch of the index. */
export interface LoginDigest {
  readonly epoch: number;
  readonly audience: LoginAudience;
  readonly digest: Buffer;
}

/** A subject's key as it is stored; `wrapped` is undefined until its first use. */
export interface StoredKey {
  readonly state: VaultEntry['state'];
  readonly keyArn: string | undefined;
  readonly wrapped: Buffer | undefined;
  readonly version: number;
}

export interface IndexEpoch {
  readonly epoch: number;
  readonly keyArn: string;
}

/** The rows of the vault database. */
export abstract class VaultStore {
  abstract findByLogin(digests: readonly LoginDigest[]): Promise<VaultEntry | undefined>;
  abstract findKey(subject: SubjectId): Promise<StoredKey | undefined>;
  /**
   * Gives a new subject a key out of the reserve and its logins. `login-taken` and `known` change
   * nothing, nor does `reserve-empty`.
   */
  abstract reserve(
    subject: SubjectId,
    digests: readonly LoginDigest[],
  ): Promise<'reserved' | 'login-taken' | 'known' | 'reserve-empty'>;
  /** Keeps a wrapped data key unless there is one; answers whether this one is kept. */
  abstract keepWrapped(subject: SubjectId, wrapped: Buffer): Promise<boolean>;
  /** Answers false when the subject's key cannot become active any more. */
  abstract activate(subject: SubjectId): Promise<boolean>;
  /** Forgets a reservation and puts its KMS key back into the reserve. */
  abstract abandon(subject: SubjectId): Promise<void>;
  abstract reservedBefore(instant: Date, rowsMax: number): Promise<SubjectId[]>;
  abstract addToReserve(keyArn: string): Promise<void>;
  abstract countReserve(): Promise<number>;
  abstract usableEpochs(): Promise<IndexEpoch[]>;
  /** Answers false when the epoch exists already. */
  abstract openEpoch(epoch: IndexEpoch): Promise<boolean>;
}
