import { DomainError } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { isTombstone, SubjectKey, SubjectKeys, Tombstone } from '@entrepot/platform-crypto';
import type { SubjectKeyCache } from '@entrepot/platform-crypto';
import type { KeyReserve } from '../application/key-reserve.ts';
import { KeyGoneError } from '../application/key-service.ts';
import type { KeyService } from '../application/key-service.ts';
import type { StoredKey, VaultStore } from '../application/vault-store.ts';

/**
 * One KMS key per person. The data key it wraps lies in the vault and comes into memory for a minute at
 * most; once the KMS key is destroyed, no copy of the vault opens anything of that person.
 */
export class KmsPerUserSubjectKeys extends SubjectKeys {
  readonly #store: VaultStore;
  readonly #service: KeyService;
  readonly #reserve: KeyReserve;
  readonly #cache: SubjectKeyCache;

  constructor(parts: {
    readonly store: VaultStore;
    readonly service: KeyService;
    readonly reserve: KeyReserve;
    readonly cache: SubjectKeyCache;
  }) {
    super();
    this.#store = parts.store;
    this.#service = parts.service;
    this.#reserve = parts.reserve;
    this.#cache = parts.cache;
  }

  override async create(subject: SubjectId): Promise<void> {
    // whoever has an account, or ordered before: no key of the reserve is touched and nothing written
    if ((await this.#store.findKey(subject))?.state === 'active') return;
    await this.#reserve.assign(subject, []);
    const usable = await this.use(subject, () => true);
    if (!isTombstone(usable) && (await this.#store.activate(subject))) return;
    throw new DomainError('SUBJECT_ERASED', `${subject} gets no new key`);
  }

  override use<T>(subject: SubjectId, work: (key: SubjectKey) => T): Promise<T | Tombstone> {
    return this.#cache.use(subject, () => this.#load(subject), work);
  }

  async #load(subject: SubjectId): Promise<SubjectKey | Tombstone> {
    const stored = await this.#store.findKey(subject);
    if (stored === undefined) return new Tombstone('absent');
    if (stored.state === 'fenced' || stored.state === 'destroyed') {
      return new Tombstone(stored.state);
    }
    try {
      return (await this.#open(subject, stored)) ?? (await this.#load(subject));
    } catch (error) {
      // A vault restored from a backup has forgotten the newest erasures; KMS has not.
      if (error instanceof KeyGoneError) return new Tombstone('destroyed');
      throw error;
    }
  }

  /** Undefined when another process completed the key first: then what that one wrote counts. */
  async #open(subject: SubjectId, stored: StoredKey): Promise<SubjectKey | undefined> {
    if (stored.keyArn === undefined) throw new Error(`${subject} is usable but has no KMS key`);
    if (stored.wrapped !== undefined) {
      const plaintext = await this.#service.unwrap(stored.keyArn, stored.wrapped, subject);
      return new SubjectKey(plaintext, stored.version);
    }
    const made = await this.#service.newDataKey(stored.keyArn, subject);
    if (await this.#store.keepWrapped(subject, made.wrapped)) {
      return new SubjectKey(made.plaintext, stored.version);
    }
    made.plaintext.fill(0);
    return undefined;
  }
}
