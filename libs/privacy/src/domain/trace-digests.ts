import { createHmac, timingSafeEqual } from 'node:crypto';
import { formsOf, writtenBytesMin } from './written-forms.ts';

/** A text of a person, called by where it is kept: `identity.account.email`. */
export interface TypedText {
  readonly field: string;
  readonly text: string;
}

/** One form of one text: how long it is, what tells that it may begin here, and what proves that it does. */
export interface TraceDigest {
  /** `<field>/<form>`. */
  readonly label: string;
  readonly bytes: number;
  readonly prefix: number;
  /** HMAC-SHA-256 of the whole form, its first 16 bytes in base64. */
  readonly digest: string;
}

/**
 * What a scan needs to find the texts of a person in bytes, and what says nothing of them without the key
 * that it holds itself: it is sealed under the key of a request and ends with it.
 */
export interface TraceDigests {
  /** Odd; the base of the rolling hash of prefixes. */
  readonly base: number;
  /** Of the HMAC, in base64. */
  readonly key: string;
  readonly digests: readonly TraceDigest[];
}

/** Secrets of one request's digests. */
export interface TraceSecrets {
  /** 4 bytes. */
  readonly base: Buffer;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** How many bytes the rolling hash covers: no form is shorter. */
export const prefixBytes = 9;
const digestBytes = 16;

/** Hash of the bytes at a place, as a rolling hash over all places has it. */
export function prefixHash(bytes: Uint8Array, start: number, base: number): number {
  let hash = 0;
  for (let index = start; index < start + prefixBytes; index += 1) {
    hash = (Math.imul(hash, base) + (bytes[index] ?? 0)) | 0;
  }
  return hash;
}

/** Each form of each text once; a text that is so short that others may write it by chance is left out. */
export function traceDigestsOf(texts: readonly TypedText[], secrets: TraceSecrets): TraceDigests {
  const base = secrets.base.readInt32LE(0) | 1;
  const key = secrets.key.toString('base64');
  const found = new Map<string, TraceDigest>();
  for (const { field, text } of texts) {
    if (Buffer.byteLength(text, 'utf8') < writtenBytesMin) continue;
    for (const { form, bytes } of formsOf(text)) {
      const digest = digestOf(bytes, secrets.key).toString('base64');
      if (found.has(digest)) continue;
      const prefix = prefixHash(bytes, 0, base);
      found.set(digest, { label: `${field}/${form}`, bytes: bytes.length, prefix, digest });
    }
  }
  return { base, key, digests: [...found.values()] };
}

/** Whether the bytes are those of which the digest is. */
export const isTraceOf = (bytes: Buffer, { digest }: TraceDigest, key: Buffer): boolean =>
  timingSafeEqual(digestOf(bytes, key), Buffer.from(digest, 'base64'));

const digestOf = (bytes: Buffer, key: Buffer): Buffer =>
  createHmac('sha256', key).update(bytes).digest().subarray(0, digestBytes);
