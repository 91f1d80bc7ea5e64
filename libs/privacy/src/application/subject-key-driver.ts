import type { SubjectId } from '@entrepot/kernel';
import type { SubjectKey } from '@entrepot/platform-crypto';
import type { LoginEntry, Reservation, StoredKey } from './vault-store.ts';

export const subjectKeyDrivers = ['kms-per-user', 'kms-epoch'] as const;
export type SubjectKeyDriverName = (typeof subjectKeyDrivers)[number];

/**
 * What wraps the data key of a person. Everything else about a person's key (its states, the fence, the
 * cache) is the same for all drivers.
 */
export abstract class SubjectKeyDriver {
  abstract readonly name: SubjectKeyDriverName;

  /**
   * Gives a new subject a key and, unless it is a guest, its login. `login-taken` and `known` change
   * nothing, nor does `epoch-closed`: then the entry was made for an epoch that is not open any more.
   */
  abstract assign(subject: SubjectId, login: LoginEntry | undefined): Promise<Reservation>;

  /**
   * The subject's data keys in the clear. Undefined when another process completed the key first: then
   * what that one wrote counts. Throws `KeyGoneError` when what wraps them exists no more.
   */
  abstract open(subject: SubjectId, stored: StoredKey): Promise<SubjectKey | undefined>;

  /** A new data key, wrapped as the stored ones are. */
  abstract newWrappedKey(subject: SubjectId, stored: StoredKey): Promise<Buffer>;
}
