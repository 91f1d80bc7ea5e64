import { createHmac } from 'node:crypto';

/** One form per login name: Unicode NFKC, lower case, no surrounding space. No provider's tricks. */
export function normaliseLogin(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim();
}

/**
 * Keyed hashes by which a value can be found without being stored. Only for values that are nearly
 * unique: of few possible values a hash tells everything.
 */
export class BlindIndexKey {
  /** Which key this is; hashes of different epochs cannot be compared. */
  readonly epoch: number;
  readonly #key: Buffer;

  constructor(epoch: number, key: Buffer) {
    if (key.length !== 32) throw new TypeError('an index key has 32 bytes');
    this.epoch = epoch;
    this.#key = key;
  }

  /** HMAC-SHA-256 over the field's name and the normalised value: 32 bytes. */
  digest(field: string, login: string): Buffer {
    return createHmac('sha256', this.#key)
      .update(`${field}\u0000${normaliseLogin(login)}`, 'utf8')
      .digest();
  }
}
