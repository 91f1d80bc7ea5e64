import { isTraceOf, prefixBytes, prefixHash } from '@entrepot/privacy';
import type { TraceDigest, TraceDigests } from '@entrepot/privacy';
import type { ByteMatcher, Find } from './needle-matcher.ts';

const { imul } = Math;
const filterBits = 18;
const spread = 0x9e3779b1;

/**
 * Looks for texts of which only keyed digests are known: a rolling hash turns nearly every position away, and
 * the digest of as many bytes as the form has proves the rest. Labels are `<owner>/<field>/<form>`.
 */
export class TraceMatcher implements ByteMatcher {
  readonly overlapBytes: number;
  readonly #owner: string;
  readonly #base: number;
  readonly #key: Buffer;
  readonly #leaving: number;
  readonly #filter = new Uint8Array(2 ** filterBits);
  readonly #byPrefix = new Map<number, TraceDigest[]>();

  constructor(owner: string, { base, key, digests }: TraceDigests) {
    this.#owner = owner;
    this.#base = base;
    this.#key = Buffer.from(key, 'base64');
    let leaving = 1;
    for (let power = 1; power < prefixBytes; power += 1) leaving = imul(leaving, base);
    this.#leaving = leaving;
    for (const digest of digests) {
      this.#filter[slotOf(digest.prefix)] = 1;
      this.#byPrefix.set(digest.prefix, [...(this.#byPrefix.get(digest.prefix) ?? []), digest]);
    }
    this.overlapBytes = Math.max(prefixBytes, ...digests.map(({ bytes }) => bytes)) - 1;
  }

  search(chunk: Buffer, base = 0): Find[] {
    const finds: Find[] = [];
    const filter = this.#filter;
    const [factor, leaving] = [this.#base, this.#leaving];
    const last = chunk.length - prefixBytes;
    let hash = last < 0 ? 0 : prefixHash(chunk, 0, factor);
    for (let start = 0; start <= last; start += 1) {
      if (filter[slotOf(hash)] === 1) this.#compare(chunk, start, { hash, base, finds });
      const left = imul(chunk[start] ?? 0, leaving);
      hash = (imul((hash - left) | 0, factor) + (chunk[start + prefixBytes] ?? 0)) | 0;
    }
    return finds;
  }

  #compare(
    chunk: Buffer,
    start: number,
    { hash, base, finds }: { hash: number; base: number; finds: Find[] },
  ): void {
    for (const digest of this.#byPrefix.get(hash) ?? []) {
      const bytes = chunk.subarray(start, start + digest.bytes);
      if (bytes.length !== digest.bytes || !isTraceOf(bytes, digest, this.#key)) continue;
      finds.push({ label: `${this.#owner}/${digest.label}`, offset: base + start });
    }
  }
}

const slotOf = (prefix: number): number => imul(prefix, spread) >>> (32 - filterBits);
