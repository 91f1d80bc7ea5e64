import { DomainError } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import type { KeyService } from './key-service.ts';
import type { LoginEntry, Reservation, VaultStore } from './vault-store.ts';

/** Each loser has put a key into the reserve before it tries again, so that many in a row lose rarely. */
const attemptsMax = 32;

/**
 * Spare KMS keys that belong to nobody yet. A key goes through the reserve even when it is made on
 * demand, so that a crash on the way leaves a spare key and none that nobody knows of.
 */
export class KeyReserve {
  readonly #store: VaultStore;
  readonly #service: KeyService;

  constructor(store: VaultStore, service: KeyService) {
    this.#store = store;
    this.#service = service;
  }

  /** Gives a subject a key, and makes one when the reserve has none. */
  async assign(subject: SubjectId, login: LoginEntry | undefined): Promise<Reservation> {
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const outcome = await this.#store.reserve(subject, login);
      if (outcome !== 'reserve-empty') return outcome;
      await this.add();
    }
    throw new DomainError('UNAVAILABLE', 'others took each key that was made for this subject');
  }

  async add(): Promise<void> {
    await this.#store.addToReserve(await this.#service.createSubjectKey());
  }

  /** How many keys are missing to have `wanted` in reserve. */
  async missing(wanted: number): Promise<number> {
    return Math.max(0, wanted - (await this.#store.countReserve()));
  }
}
