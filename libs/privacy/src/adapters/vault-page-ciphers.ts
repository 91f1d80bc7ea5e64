import type { RegionCode, SubjectId } from '@entrepot/kernel';
import { FieldCipher, SubjectKeys, Tombstone } from '@entrepot/platform-crypto';
import type { SubjectKey, SubjectKeyCache } from '@entrepot/platform-crypto';
import { KeyGoneError } from '../application/key-service.ts';
import { PageCiphers } from '../application/sealed-values.ts';
import type { SubjectKeyDriver } from '../application/subject-key-driver.ts';
import type { StoredKey, VaultStore } from '../application/vault-store.ts';

interface Parts {
  readonly store: VaultStore;
  readonly driver: SubjectKeyDriver;
  /** Asks the fences before every use, as for any other use of a key in this process. */
  readonly cache: SubjectKeyCache;
}

/** Reads the wrapped keys of a page in one statement; what unwraps them is asked for each person. */
export class VaultPageCiphers extends PageCiphers {
  readonly #region: RegionCode;
  readonly #parts: Parts;

  constructor(region: RegionCode, parts: Parts) {
    super();
    this.#region = region;
    this.#parts = parts;
  }

  override async of(people: readonly SubjectId[]): Promise<FieldCipher> {
    const stored = await this.#parts.store.findKeys(people);
    return new FieldCipher(this.#region, new KeysOfPage(stored, this.#parts));
  }
}

class KeysOfPage extends SubjectKeys {
  readonly #stored: ReadonlyMap<SubjectId, StoredKey>;
  readonly #parts: Parts;

  constructor(stored: ReadonlyMap<SubjectId, StoredKey>, parts: Parts) {
    super();
    this.#stored = stored;
    this.#parts = parts;
  }

  override create(): Promise<void> {
    return Promise.reject(new TypeError('nobody gets a first key here'));
  }

  override async use<T>(subject: SubjectId, work: (key: SubjectKey) => T): Promise<T | Tombstone> {
    const stored = this.#stored.get(subject);
    if (stored === undefined) return new Tombstone('absent');
    if (stored.state === 'fenced' || stored.state === 'destroyed') {
      return new Tombstone(stored.state);
    }
    const load = () => this.#open(subject, stored);
    // a key that is in memory since before the rotation would seal under its former version
    return this.#parts.cache.use(subject, load, work, { versionMin: stored.version });
  }

  async #open(subject: SubjectId, stored: StoredKey): Promise<SubjectKey | Tombstone> {
    try {
      return (await this.#parts.driver.open(subject, stored)) ?? new Tombstone('absent');
    } catch (error) {
      if (error instanceof KeyGoneError) return new Tombstone('destroyed');
      throw error;
    }
  }
}
