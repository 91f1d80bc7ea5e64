import { hkdfSync } from 'node:crypto';

const keyBytes = 32;

/** A data key that was rotated: it opens what it once sealed and seals nothing more. */
export interface FormerDataKey {
  readonly version: number;
  readonly key: Buffer;
}

/**
 * A subject's data key in the clear, and those before it. It lives in memory only, never longer than the
 * cache that holds it, and is overwritten with zeros when closed; a closed key refuses to be used.
 */
export class SubjectKey {
  /** Of the key that seals; every ciphertext names the version that sealed it. */
  readonly version: number;
  readonly #keys: ReadonlyMap<number, Buffer>;
  readonly #fieldKeys = new Map<string, Buffer>();
  #isClosed = false;

  /** Takes the buffers over: they are overwritten when the key is closed. */
  constructor(key: Buffer, version: number, former: readonly FormerDataKey[] = []) {
    const keys = [...former, { version, key }];
    if (keys.some((each) => each.key.length !== keyBytes)) {
      throw new TypeError('a data key has 32 bytes');
    }
    if (former.some((each) => each.version >= version)) {
      throw new TypeError('a former data key has a lower version');
    }
    this.version = version;
    this.#keys = new Map(keys.map((each) => [each.version, each.key]));
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether this key opens what that version sealed. */
  knows(version: number): boolean {
    return this.#keys.has(version);
  }

  /**
   * The key of one column: HKDF-SHA-256 (RFC 5869) over the data key, so that columns share no key.
   * Throws where `knows` says no.
   */
  fieldKey(table: string, column: string, version = this.version): Buffer {
    if (this.#isClosed) throw new Error('a closed key cannot be used');
    const info = `field|${table}|${column}|${version}`;
    const known = this.#fieldKeys.get(info);
    if (known !== undefined) return known;
    const key = this.#keys.get(version);
    if (key === undefined) throw new RangeError(`there is no data key of version ${version}`);
    const derived = Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), info, keyBytes));
    this.#fieldKeys.set(info, derived);
    return derived;
  }

  close(): void {
    this.#isClosed = true;
    for (const key of this.#keys.values()) key.fill(0);
    for (const derived of this.#fieldKeys.values()) derived.fill(0);
    this.#fieldKeys.clear();
  }
}
