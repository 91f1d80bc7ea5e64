/** Bytes that are looked for, and what a find of them is called. */
export interface Needle {
  readonly label: string;
  readonly bytes: Buffer;
}

export interface Find {
  readonly label: string;
  /** Where in the stream the bytes begin. */
  readonly offset: number;
}

/** Something that finds what it knows in a stream of chunks. */
export interface ByteMatcher {
  /** One less than the longest thing it knows: what must be seen again with the next chunk. */
  readonly overlapBytes: number;
  /** All finds in the chunk, of which the first byte is the stream's byte number `base`. */
  search(chunk: Buffer, base?: number): readonly Find[];
}

/** Several as one, in one pass over the disk. */
export class JoinedMatchers implements ByteMatcher {
  readonly overlapBytes: number;
  readonly #matchers: readonly ByteMatcher[];

  constructor(matchers: readonly ByteMatcher[]) {
    this.#matchers = matchers;
    this.overlapBytes = Math.max(0, ...matchers.map(({ overlapBytes }) => overlapBytes));
  }

  search(chunk: Buffer, base = 0): Find[] {
    return this.#matchers.flatMap((matcher) => [...matcher.search(chunk, base)]);
  }
}

// a look at a global for every byte is dear where a test runner keeps globals of its own
const { imul } = Math;
const prefixBytes = 4;
const filterBits = 18;

/**
 * Looks for many needles in one pass: a table of hashed 4-byte prefixes turns nearly every position
 * away, and only the rest is compared.
 */
export class NeedleMatcher implements ByteMatcher {
  readonly #filter = new Uint8Array(2 ** filterBits);
  readonly #byPrefix = new Map<number, Needle[]>();
  /** One less than the longest needle: what must be seen again with the next chunk. */
  readonly overlapBytes: number;

  constructor(needles: readonly Needle[]) {
    let longest = prefixBytes;
    for (const needle of needles) {
      if (needle.bytes.length < prefixBytes) throw new RangeError('a needle is too short');
      const prefix = needle.bytes.readInt32LE(0);
      this.#filter[slotOf(prefix)] = 1;
      this.#byPrefix.set(prefix, [...(this.#byPrefix.get(prefix) ?? []), needle]);
      longest = Math.max(longest, needle.bytes.length);
    }
    this.overlapBytes = longest - 1;
  }

  /** All finds in the chunk, of which the first byte is the stream's byte number `base`. */
  search(chunk: Buffer, base = 0): Find[] {
    const finds: Find[] = [];
    // one look per byte of a whole cell: a field read each time would double the time it takes
    const filter = this.#filter;
    let prefix = 0;
    for (let index = 0; index < chunk.length; index += 1) {
      prefix = (prefix >>> 8) | ((chunk[index] ?? 0) << 24);
      if (filter[slotOf(prefix)] === 0 || index < prefixBytes - 1) continue;
      const start = index - prefixBytes + 1;
      for (const { label, bytes } of this.#byPrefix.get(prefix) ?? []) {
        const end = start + bytes.length;
        if (chunk.subarray(start, end).equals(bytes)) finds.push({ label, offset: base + start });
      }
    }
    return finds;
  }
}

const slotOf = (prefix: number): number => imul(prefix, 0x9e37_79b1) >>> (32 - filterBits);
