import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CiphertextRejectedError } from './ciphertext.ts';

const algorithm = 'aes-256-gcm';
const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;
const formatVersion = 1;
const headBytes = 1 + ivBytes + tagBytes;

/** Length of what `wrap` makes of 32 bytes. */
export const wrappedBytes = headBytes + keyBytes;

/**
 * A key that wraps other keys: AES-256-GCM with a fresh random initialisation vector. What it wraps is
 * bound to the place that the caller names, and opens in no other. It lives in memory only and is
 * overwritten when closed; a closed key refuses to be used.
 */
export class WrappingKey {
  readonly #key: Buffer;
  #isClosed = false;

  /** Takes the buffer over: it is overwritten when the key is closed. */
  constructor(key: Buffer) {
    if (key.length !== keyBytes) throw new TypeError('a wrapping key has 32 bytes');
    this.#key = key;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** One byte of format, 12 of initialisation vector, 16 of tag, then the ciphertext. */
  wrap(plaintext: Buffer, place: string): Buffer {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv(algorithm, this.#usable(), iv);
    cipher.setAAD(Buffer.from(place, 'utf8'));
    const data = [cipher.update(plaintext), cipher.final()];
    return Buffer.concat([Buffer.of(formatVersion), iv, cipher.getAuthTag(), ...data]);
  }

  /** Throws `CiphertextRejectedError` for what this key did not wrap for this place. */
  unwrap(wrapped: Buffer, place: string): Buffer {
    if (wrapped.length < headBytes || wrapped[0] !== formatVersion) throw rejected();
    const iv = wrapped.subarray(1, 1 + ivBytes);
    const decipher = createDecipheriv(algorithm, this.#usable(), iv);
    decipher.setAAD(Buffer.from(place, 'utf8'));
    decipher.setAuthTag(wrapped.subarray(1 + ivBytes, headBytes));
    try {
      return Buffer.concat([decipher.update(wrapped.subarray(headBytes)), decipher.final()]);
    } catch {
      throw rejected();
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#key.fill(0);
  }

  #usable(): Buffer {
    if (this.#isClosed) throw new Error('a closed key cannot be used');
    return this.#key;
  }
}

const rejected = () => new CiphertextRejectedError('the wrapped key does not belong here');
