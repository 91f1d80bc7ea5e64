// The formats that docs/reference/ciphertext-format.md describes, written anew from that page.
import { createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';

/** `v1|A256GCM|<subject>|<key version>|<iv>|<tag>|<data>`. */
export interface Sealed {
  readonly subject: string;
  readonly version: number;
  readonly iv: Buffer;
  readonly tag: Buffer;
  readonly data: Buffer;
}

/** Where a value was sealed for: without the right one it opens with no key. */
export interface Place {
  /** `schema.table`. */
  readonly table: string;
  readonly column: string;
  readonly rowId: string;
}

const sealedParts = 7;
const wrapHeadBytes = 29;
const ivEnd = 13;

export const sealedStart = 'v1|A256GCM|';
/** As it lies in the bytes of a file, up to what cannot belong to it. */
export const sealedForm =
  /v1\|A256GCM\|sub_[a-z]{2}-\d+_[0-9a-z]{26}\|\d{1,9}\|[\w-]{16}\|[\w-]{22}\|[\w-]*/g;

/** Undefined for what has another form. */
export function parseSealed(text: string): Sealed | undefined {
  const parts = text.split('|');
  if (!text.startsWith(sealedStart) || parts.length !== sealedParts) return undefined;
  const [, , subject = '', version = '', iv = '', tag = '', data = ''] = parts;
  const bytes = (part: string) => Buffer.from(part, 'base64url');
  return {
    ...{ subject, version: Number(version) },
    ...{ iv: bytes(iv), tag: bytes(tag), data: bytes(data) },
  };
}

/** The key of one column, which follows from a person's data key. */
export function columnKey(dataKey: Buffer, { table, column }: Place, version: number): Buffer {
  const info = `field|${table}|${column}|${String(version)}`;
  return Buffer.from(hkdfSync('sha256', dataKey, Buffer.alloc(0), info, 32));
}

/** Undefined where the key, which is that of the column, the place or the bytes are not those of the value. */
export function openSealed(
  sealed: Sealed,
  key: Buffer,
  { region, place }: { readonly region: string; readonly place: Place },
): string | undefined {
  const { table, column, rowId } = place;
  const aad = [region, table, column, rowId, sealed.subject, String(sealed.version)].join('|');
  return openGcm(key, { ...sealed, aad })?.toString('utf8');
}

/** A key or a hash wrapped under another key: 0x01, iv (12), tag (16), data. */
export function unwrap(wrapped: Buffer, key: Buffer, place: string): Buffer | undefined {
  if (wrapped.length <= wrapHeadBytes || wrapped[0] !== 1) return undefined;
  return openGcm(key, {
    iv: wrapped.subarray(1, ivEnd),
    tag: wrapped.subarray(ivEnd, wrapHeadBytes),
    data: wrapped.subarray(wrapHeadBytes),
    aad: place,
  });
}

/** `c1|A256GCM|<cohort>|<data>`: a record that a law or a case keeps, under the key of its cohort. */
export interface SealedRecord {
  readonly cohort: string;
  readonly data: Buffer;
}

/** As it lies in the bytes of a file. */
export const recordForm = /c1\|A256GCM\|[A-Z]+_[\w-]{1,80}\|[\w-]+/g;

/** Undefined for what has another form. */
export function parseRecord(text: string): SealedRecord | undefined {
  const [format, algorithm, cohort = '', data = '', ...rest] = text.split('|');
  if (format !== 'c1' || algorithm !== 'A256GCM' || rest.length > 0) return undefined;
  return { cohort, data: Buffer.from(data, 'base64url') };
}

/** `place`: the column, the record's id, and whatever else it is bound to. */
export const recordPlace = (
  region: string,
  { cohort }: SealedRecord,
  place: readonly string[],
): string => ['record', region, cohort, ...place].join('|');

function openGcm(
  key: Buffer,
  parts: {
    readonly iv: Buffer;
    readonly tag: Buffer;
    readonly data: Buffer;
    readonly aad: string;
  },
): Buffer | undefined {
  if (parts.iv.length !== 12 || parts.tag.length !== 16) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, parts.iv);
  decipher.setAAD(Buffer.from(parts.aad, 'utf8'));
  decipher.setAuthTag(parts.tag);
  try {
    return Buffer.concat([decipher.update(parts.data), decipher.final()]);
  } catch {
    // a wrong key and a changed byte look the same
    return undefined;
  }
}

const shardsPerEpoch = 32;
export const shardOf = (subject: string): number =>
  createHash('sha256').update(subject).digest().readUInt8(0) % shardsPerEpoch;

export const normalisedLogin = (text: string): string =>
  text.normalize('NFKC').toLowerCase().trim();

/** The inner hash of a login name, under the inner index key. */
export const innerHash = (key: Buffer, audience: string, login: string): Buffer =>
  createHmac('sha256', key)
    .update(`login|${audience}\u0000${normalisedLogin(login)}`, 'utf8')
    .digest();

/** What a row of the login index is found by, under the index key of its epoch. */
export const loginDigest = (key: Buffer, inner: Buffer): Buffer =>
  createHmac('sha256', key).update(inner).digest();

/** Bytes as JSON of PostgreSQL has them; undefined for anything else. */
export function bytesOf(value: unknown): Buffer | undefined {
  if (typeof value !== 'string' || !/^\\x(?:[0-9a-f]{2})+$/.test(value)) return undefined;
  return Buffer.from(value.slice(2), 'hex');
}
