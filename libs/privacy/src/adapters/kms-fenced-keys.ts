import type { RegionCode, SubjectId } from '@entrepot/kernel';
import { FieldCipher, SubjectKeys, Tombstone } from '@entrepot/platform-crypto';
import type { SubjectKey } from '@entrepot/platform-crypto';
import { FencedKeys } from '../application/fenced-keys.ts';
import { KeyGoneError } from '../application/key-service.ts';
import type { SubjectKeyDriver } from '../application/subject-key-driver.ts';
import type { VaultStore } from '../application/vault-store.ts';

/** Past the fence, straight at the KMS, and never through the cache. */
export class KmsFencedKeys extends FencedKeys {
  readonly #region: RegionCode;
  readonly #store: VaultStore;
  readonly #driver: SubjectKeyDriver;

  constructor(
    region: RegionCode,
    parts: { readonly store: VaultStore; readonly driver: SubjectKeyDriver },
  ) {
    super();
    this.#region = region;
    this.#store = parts.store;
    this.#driver = parts.driver;
  }

  override async open<T>(
    subject: SubjectId,
    work: (cipher: FieldCipher) => Promise<T>,
  ): Promise<T | Tombstone> {
    const key = await this.#keyOf(subject);
    if (key instanceof Tombstone) return key;
    try {
      return await work(new FieldCipher(this.#region, new OneKey(subject, key)));
    } finally {
      key.close();
    }
  }

  async #keyOf(subject: SubjectId): Promise<SubjectKey | Tombstone> {
    const stored = await this.#store.findKey(subject);
    if (stored?.state === 'destroyed') return new Tombstone('destroyed');
    // a key that was never used has sealed nothing
    if (stored?.wrapped === undefined) return new Tombstone('absent');
    if (stored.state !== 'fenced') throw new TypeError(`${subject} is not fenced`);
    try {
      return (await this.#driver.open(subject, stored)) ?? new Tombstone('absent');
    } catch (error) {
      if (error instanceof KeyGoneError) return new Tombstone('destroyed');
      throw error;
    }
  }
}

/** The keys of one person, who is at hand. */
class OneKey extends SubjectKeys {
  readonly #subject: SubjectId;
  readonly #key: SubjectKey;

  constructor(subject: SubjectId, key: SubjectKey) {
    super();
    this.#subject = subject;
    this.#key = key;
  }

  override create(): Promise<void> {
    return Promise.reject(new TypeError('nobody fenced gets a key'));
  }

  override use<T>(subject: SubjectId, work: (key: SubjectKey) => T): Promise<T | Tombstone> {
    return Promise.resolve(subject === this.#subject ? work(this.#key) : new Tombstone('absent'));
  }
}
