import { DomainError } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import type { KeyEpochs } from './key-epochs.ts';
import { KeyGoneError } from './key-service.ts';
import type { LoginIndex, LoginSearch } from './login-index.ts';
import type { SubjectKeyDriver } from './subject-key-driver.ts';
import type { Reservation } from './vault-store.ts';

/** An epoch is open for days; even two changes in a row are an accident. */
const attemptsMax = 3;

/** Gives new subjects a key and a login, under the epoch that is open at that moment. */
export class NewSubjects {
  readonly #driver: SubjectKeyDriver;
  readonly #index: LoginIndex;
  readonly #epochs: KeyEpochs;

  constructor(parts: {
    readonly driver: SubjectKeyDriver;
    readonly index: LoginIndex;
    readonly epochs: KeyEpochs;
  }) {
    this.#driver = parts.driver;
    this.#index = parts.index;
    this.#epochs = parts.epochs;
  }

  /** Gives a guest, who has no login, a key; `known` changes nothing. */
  async assign(subject: SubjectId): Promise<void> {
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      if ((await this.#assignOnce(subject, undefined)) !== 'epoch-closed') return;
    }
    throw new DomainError('UNAVAILABLE', 'another epoch was opened at each attempt');
  }

  /**
   * Gives a new subject a key and the login that was searched for in vain. `login-taken` changes nothing,
   * nor does `epoch-closed`: then the search has to be made again, since it did not cover the epoch that
   * is open now.
   */
  assignWithLogin(subject: SubjectId, searched: LoginSearch): Promise<Reservation> {
    return this.#assignOnce(subject, searched);
  }

  async #assignOnce(subject: SubjectId, searched: LoginSearch | undefined): Promise<Reservation> {
    const outcome = await this.#attempt(subject, searched);
    if (outcome === 'epoch-closed') this.#epochs.forget();
    return outcome;
  }

  async #attempt(subject: SubjectId, searched: LoginSearch | undefined): Promise<Reservation> {
    try {
      const entry = searched && (await this.#index.entryOf(searched, subject));
      if (searched !== undefined && entry === undefined) return 'epoch-closed';
      return await this.#driver.assign(subject, entry);
    } catch (error) {
      // the epoch that was open when the list was read has even ended since
      if (error instanceof KeyGoneError) return 'epoch-closed';
      throw error;
    }
  }
}
