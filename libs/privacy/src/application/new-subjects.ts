import { DomainError } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import type { Login } from '@entrepot/platform-crypto';
import type { KeyEpochs } from './key-epochs.ts';
import { KeyGoneError } from './key-service.ts';
import type { LoginIndex } from './login-index.ts';
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

  /** `login-taken` and `known` change nothing. A guest has no login. */
  async assign(subject: SubjectId, login?: Login): Promise<'reserved' | 'login-taken' | 'known'> {
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const outcome = await this.#assignOnce(subject, login);
      if (outcome !== 'epoch-closed') return outcome;
      this.#epochs.forget();
    }
    throw new DomainError('UNAVAILABLE', 'another epoch was opened at each attempt');
  }

  async #assignOnce(subject: SubjectId, login: Login | undefined): Promise<Reservation> {
    try {
      const entry = login && (await this.#index.entryOf(login, subject));
      return await this.#driver.assign(subject, entry);
    } catch (error) {
      // the epoch that was open when the list was read has even ended since
      if (error instanceof KeyGoneError) return 'epoch-closed';
      throw error;
    }
  }
}
