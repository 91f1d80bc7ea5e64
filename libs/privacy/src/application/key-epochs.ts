import { DomainError } from '@entrepot/kernel';
import type { EpochStore, LiveEpoch } from './epoch-store.ts';

const listAgeMsMax = 60_000;

/**
 * The living epochs as this process last read them. What is out of date does no harm: the vault refuses
 * a row under an epoch that is not open, and tells every search for a login which epoch is the newest.
 */
export class KeyEpochs {
  readonly #store: EpochStore;
  #read: { readonly epochs: Promise<readonly LiveEpoch[]>; readonly at: number } | undefined;

  constructor(store: EpochStore) {
    this.#store = store;
  }

  /** In their order. Throws `DomainError('UNAVAILABLE')` when there is none yet. */
  async live(): Promise<readonly LiveEpoch[]> {
    const now = performance.now();
    if (this.#read === undefined || now - this.#read.at > listAgeMsMax) {
      this.#read = { epochs: this.#store.live(), at: now };
    }
    const { epochs } = this.#read;
    try {
      const live = await epochs;
      if (live.length > 0) return live;
    } catch (error) {
      this.#forgetThis(epochs);
      throw error;
    }
    this.#forgetThis(epochs);
    throw new DomainError('UNAVAILABLE', 'the vault has no epoch yet');
  }

  /** The one under which new keys and logins come. */
  async open(): Promise<LiveEpoch> {
    const newest = (await this.live()).at(-1);
    if (newest?.isOpen !== true) throw new DomainError('UNAVAILABLE', 'no epoch is open');
    return newest;
  }

  /** Reads again at the next call. */
  forget(): void {
    this.#read = undefined;
  }

  #forgetThis(epochs: Promise<readonly LiveEpoch[]>): void {
    if (this.#read?.epochs === epochs) this.#read = undefined;
  }
}
