import { hkdfSync } from 'node:crypto';

const keyBytes = 32;

/**
 * A subject's data key in the clear. It lives in memory only, never longer than the cache that holds it,
 * and is overwritten with zeros when closed; a closed key refuses to be used.
 */
export class SubjectKey {
  readonly version: number;
  readonly #key: Buffer;
  readonly #fieldKeys = new Map<string, Buffer>();
  #isClosed = false;

  /** Takes the buffer over: it is overwritten when the key is closed. */
  constructor(key: Buffer, version: number) {
    if (key.length !== keyBytes) throw new TypeError('a data key has 32 bytes');
    this.#key = key;
    this.version = version;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The key of one column: HKDF-SHA-256 (RFC 5869) over the data key, so that columns share no key. */
  fieldKey(table: string, column: string): Buffer {
    if (this.#isClosed) throw new Error('a closed key cannot be used');
    const info = `field|${table}|${column}|${this.version}`;
    const known = this.#fieldKeys.get(info);
    if (known !== undefined) return known;
    const derived = Buffer.from(hkdfSync('sha256', this.#key, Buffer.alloc(0), info, keyBytes));
    this.#fieldKeys.set(info, derived);
    return derived;
  }

  close(): void {
    this.#isClosed = true;
    this.#key.fill(0);
    for (const derived of this.#fieldKeys.values()) derived.fill(0);
    this.#fieldKeys.clear();
  }
}
