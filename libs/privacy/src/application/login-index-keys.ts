import type { CellId } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import { BlindIndexKey } from '@entrepot/platform-crypto';
import type { Login } from '@entrepot/platform-crypto';
import type { KeyService } from './key-service.ts';
import type { LoginDigest, VaultStore } from './vault-store.ts';

/** A new epoch is written by all processes this long after it was opened, and not sooner. */
export const epochListMsMax = 600_000;

/**
 * The keys of the login index, one sub-key per epoch, made by KMS and kept in memory: a login costs no
 * KMS call. Losing the epoch's KMS key loses the sub-key with the next refresh.
 */
export class LoginIndexKeys {
  readonly #cell: CellId;
  readonly #store: VaultStore;
  readonly #service: KeyService;
  #loaded: { readonly keys: Promise<BlindIndexKey[]>; readonly at: number } | undefined;

  constructor(cell: CellId, store: VaultStore, service: KeyService) {
    this.#cell = cell;
    this.#store = store;
    this.#service = service;
  }

  /** The login's hash in every epoch; throws `DomainError('UNAVAILABLE')` when there is none. */
  async digestsOf({ audience, email }: Login): Promise<LoginDigest[]> {
    const keys = await this.#current();
    if (keys.length === 0) throw new DomainError('UNAVAILABLE', 'the login index has no epoch yet');
    return keys.map((key) => ({
      epoch: key.epoch,
      audience,
      digest: key.digest(`login|${audience}`, email),
    }));
  }

  async #current(): Promise<BlindIndexKey[]> {
    const now = performance.now();
    if (this.#loaded === undefined || now - this.#loaded.at > epochListMsMax) {
      this.#loaded = { keys: this.#load(), at: now };
    }
    const { keys } = this.#loaded;
    try {
      const loaded = await keys;
      if (loaded.length === 0) this.#forget(keys);
      return loaded;
    } catch (error) {
      this.#forget(keys);
      throw error;
    }
  }

  #forget(keys: Promise<BlindIndexKey[]>): void {
    if (this.#loaded?.keys === keys) this.#loaded = undefined;
  }

  async #load(): Promise<BlindIndexKey[]> {
    const epochs = await this.#store.usableEpochs();
    return Promise.all(
      epochs.map(async ({ epoch, keyArn }) => {
        const key = await this.#service.mac(keyArn, `login-index|v1|${this.#cell}|${epoch}`);
        return new BlindIndexKey(epoch, key);
      }),
    );
  }
}
