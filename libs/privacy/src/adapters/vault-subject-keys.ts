import { DomainError } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { isTombstone, SubjectKeys, Tombstone } from '@entrepot/platform-crypto';
import type { KeyNeed, SubjectKey, SubjectKeyCache } from '@entrepot/platform-crypto';
import { KeyGoneError } from '../application/key-service.ts';
import type { ErasedReferences } from '../application/erased-references.ts';
import type { NewSubjects } from '../application/new-subjects.ts';
import type { SubjectKeyDriver } from '../application/subject-key-driver.ts';
import type { VaultStore } from '../application/vault-store.ts';

/** Subject keys as the vault holds them, whatever driver wraps them. */
export class VaultSubjectKeys extends SubjectKeys {
  readonly #store: VaultStore;
  readonly #driver: SubjectKeyDriver;
  readonly #subjects: NewSubjects;
  readonly #cache: SubjectKeyCache;
  readonly #references: ErasedReferences;

  constructor(parts: {
    readonly store: VaultStore;
    readonly driver: SubjectKeyDriver;
    readonly subjects: NewSubjects;
    readonly cache: SubjectKeyCache;
    readonly references: ErasedReferences;
  }) {
    super();
    this.#store = parts.store;
    this.#driver = parts.driver;
    this.#subjects = parts.subjects;
    this.#cache = parts.cache;
    this.#references = parts.references;
  }

  override async create(subject: SubjectId): Promise<void> {
    // whoever has an account, or ordered before: no key of the reserve is touched and nothing written
    const known = await this.#store.findKey(subject);
    if (known?.state === 'active') return;
    // its name may become a hash at any moment: from then on nothing in the way of a new key bears the old one
    if (known?.state === 'fenced' || known?.state === 'destroyed') throw erased(subject);
    if (known === undefined && (await this.#isHashed(subject))) throw erased(subject);
    await this.#subjects.assign(subject);
    const usable = await this.use(subject, () => true);
    if (!isTombstone(usable) && (await this.#store.activate(subject))) return;
    throw erased(subject);
  }

  override use<T>(
    subject: SubjectId,
    work: (key: SubjectKey) => T,
    need?: KeyNeed,
  ): Promise<T | Tombstone> {
    return this.#cache.use(subject, () => this.#load(subject), work, need);
  }

  async #load(subject: SubjectId): Promise<SubjectKey | Tombstone> {
    const stored = await this.#store.findKey(subject);
    if (stored === undefined) {
      return new Tombstone((await this.#isHashed(subject)) ? 'destroyed' : 'absent');
    }
    if (stored.state === 'fenced' || stored.state === 'destroyed') {
      return new Tombstone(stored.state);
    }
    try {
      return (await this.#driver.open(subject, stored)) ?? (await this.#load(subject));
    } catch (error) {
      // A vault restored from a backup has forgotten the newest erasures; KMS has not.
      if (error instanceof KeyGoneError) return new Tombstone('destroyed');
      throw error;
    }
  }

  /** Whether it is the old reference of somebody of whom only the hash is left. */
  async #isHashed(subject: SubjectId): Promise<boolean> {
    if (!(await this.#store.hasHashedTombstones())) return false;
    const reference = await this.#references.of(subject);
    return reference !== undefined && this.#store.isHashedTombstone(reference);
  }
}

const erased = (subject: SubjectId) =>
  new DomainError('SUBJECT_ERASED', `${subject} gets no new key`);
