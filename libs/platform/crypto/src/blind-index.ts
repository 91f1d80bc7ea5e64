import { createHmac } from 'node:crypto';

/** One form per login name: Unicode NFKC, lower case, no surrounding space. No provider's tricks. */
export function normaliseLogin(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim();
}

const keyBytes = 32;

/**
 * Makes of a value the inner hash, which never lies in the clear: a row holds it wrapped, and beside it
 * the digest of an epoch, which is made of it. So the next epoch's digest needs the value no more. Only
 * for values that are nearly unique: of few possible values a hash tells everything.
 */
export class InnerIndexKey {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    if (key.length !== keyBytes) throw new TypeError('an index key has 32 bytes');
    this.#key = key;
  }

  /** HMAC-SHA-256 over the field's name and the normalised value: 32 bytes. */
  hash(field: string, login: string): Buffer {
    return createHmac('sha256', this.#key)
      .update(`${field}\u0000${normaliseLogin(login)}`, 'utf8')
      .digest();
  }
}

/** The key of one epoch, by whose digests a value is found without being stored. */
export class BlindIndexKey {
  /** Which key this is; digests of different epochs cannot be compared. */
  readonly epoch: number;
  readonly #key: Buffer;

  constructor(epoch: number, key: Buffer) {
    if (key.length !== keyBytes) throw new TypeError('an index key has 32 bytes');
    this.epoch = epoch;
    this.#key = key;
  }

  /** HMAC-SHA-256 over the inner hash: 32 bytes. */
  digest(inner: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(inner).digest();
  }
}
