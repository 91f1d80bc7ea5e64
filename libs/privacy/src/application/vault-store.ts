import type { SubjectId } from '@entrepot/kernel';
import type { LoginAudience, VaultEntry } from '@entrepot/platform-crypto';
import type { KeyedPerson } from '../domain/former-values.ts';
import type { StoredShardKey } from './epoch-store.ts';
import type { SubjectKeyDriverName } from './subject-key-driver.ts';

/** The hash of a login in one epoch of the index. */
export interface LoginDigest {
  readonly epoch: number;
  readonly audience: LoginAudience;
  readonly digest: Buffer;
}

/** What is stored of a login. */
export interface LoginEntry extends LoginDigest {
  /** The inner hash, wrapped under the subject's shard key of the epoch. */
  readonly wrappedInner: Buffer;
}

/** A subject's key encryption key, as it lies under a shard key. */
export interface StoredKek {
  readonly epoch: number;
  readonly shard: number;
  /** Undefined once the epoch is destroyed: a row that came back from a backup. */
  readonly shardKey: StoredShardKey | undefined;
  readonly wrapped: Buffer;
}

export interface WrappedDataKey {
  readonly version: number;
  readonly wrapped: Buffer;
}

/** A subject's key as it is stored. */
export interface StoredKey {
  readonly state: VaultEntry['state'];
  readonly version: number;
  /** Undefined until the first use under `kms-per-user`, and once the key is destroyed. */
  readonly wrapped: Buffer | undefined;
  readonly former: readonly WrappedDataKey[];
  /** The KMS key that wraps the data keys, under `kms-per-user`. */
  readonly keyArn: string | undefined;
  /** What wraps the data keys under `kms-epoch`. */
  readonly kek: StoredKek | undefined;
}

/** The keys of a new subject under `kms-epoch`. */
export interface NewWrappedKeys {
  readonly epoch: number;
  readonly shard: number;
  readonly wrappedKek: Buffer;
  readonly wrappedKey: Buffer;
}

export type Reservation = 'reserved' | 'login-taken' | 'known' | 'epoch-closed';

export interface FormerKeyInstants {
  readonly now: Date;
  /** What was superseded before it seals nothing any more. */
  readonly settledBefore: Date;
  /** What was noted as not named before it may go. */
  readonly unnamedBefore: Date;
}

/** The rows of the vault database about subjects. */
export abstract class VaultStore {
  /** Chooses the driver where none is chosen yet; answers the one that is. */
  abstract chooseDriver(driver: SubjectKeyDriverName): Promise<SubjectKeyDriverName>;
  /**
   * Whose the login is, and the newest epoch at that very moment: a caller that knows an older one has
   * made too few digests.
   */
  abstract findByLogin(
    digests: readonly LoginDigest[],
  ): Promise<{ readonly entry: VaultEntry | undefined; readonly newestEpoch: number }>;
  abstract findKey(subject: SubjectId): Promise<StoredKey | undefined>;
  /** Of those who have one, in one statement. */
  abstract findKeys(people: readonly SubjectId[]): Promise<ReadonlyMap<SubjectId, StoredKey>>;
  /** Whether there is anybody of whom only a keyed hash is left. */
  abstract hasHashedTombstones(): Promise<boolean>;
  abstract isHashedTombstone(reference: SubjectId): Promise<boolean>;
  /** Gives a new subject a KMS key out of the reserve and its login; `reserve-empty` changes nothing. */
  abstract reserve(
    subject: SubjectId,
    login: LoginEntry | undefined,
  ): Promise<Reservation | 'reserve-empty'>;
  /** Gives a new subject keys that are wrapped already, and its login. */
  abstract reserveWrapped(
    subject: SubjectId,
    login: LoginEntry | undefined,
    keys: NewWrappedKeys,
  ): Promise<Reservation>;
  /** Keeps a wrapped data key unless there is one; answers whether this one is kept. */
  abstract keepWrapped(subject: SubjectId, wrapped: Buffer): Promise<boolean>;
  /**
   * Puts the next version of an active subject's data key in the place of this version, which becomes a
   * former one. Answers false when it is not the current version any more, or the subject not active.
   */
  abstract supersede(subject: SubjectId, version: number, wrapped: Buffer): Promise<boolean>;
  /**
   * Who is not fenced and has former data keys that were superseded before an instant, or at any, by id, from after
   * one of them on.
   */
  abstract supersededBefore(
    instant: Date | undefined,
    part: { readonly after: SubjectId | undefined; readonly rowsMax: number },
  ): Promise<KeyedPerson[]>;
  /**
   * Notes which former data keys of these people, superseded before an instant, are not named, and takes the note
   * from those that are. Drops those that were noted before an instant and still are not named; answers how many.
   */
  abstract dropFormer(
    people: readonly SubjectId[],
    named: ReadonlyMap<SubjectId, readonly number[]>,
    instants: FormerKeyInstants,
  ): Promise<number>;
  /** Answers false when the subject's key cannot become active any more. */
  abstract activate(subject: SubjectId): Promise<boolean>;
  /** Forgets a reservation and puts its KMS key, if it has one, back into the reserve. */
  abstract abandon(subject: SubjectId): Promise<void>;
  abstract reservedBefore(instant: Date, rowsMax: number): Promise<SubjectId[]>;
  abstract addToReserve(keyArn: string): Promise<void>;
  abstract countReserve(): Promise<number>;
}
