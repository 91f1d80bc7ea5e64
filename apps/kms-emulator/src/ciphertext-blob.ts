import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { canonicalContext } from './encryption-context.ts';
import type { EncryptionContext } from './encryption-context.ts';
import { KmsError } from './errors.ts';
import { materialOf } from './keys/key-record.ts';
import type { KeyRecord } from './keys/key-record.ts';

// version (1) · key id (16) · iv (12) · tag (16) · AES-256-GCM ciphertext
const version = 1;
const keyIdEnd = 17;
const ivEnd = keyIdEnd + 12;
const tagEnd = ivEnd + 16;

/** Seals a plaintext under a key; the header and the context are authenticated with it. */
export function seal(key: KeyRecord, plaintext: Uint8Array, context: EncryptionContext): Buffer {
  const header = Buffer.concat([Buffer.of(version), Buffer.from(hexOf(key.id), 'hex')]);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', materialOf(key), iv);
  cipher.setAAD(Buffer.concat([header, canonicalContext(context)]));
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([header, iv, cipher.getAuthTag(), sealed]);
}

/** The id of the key that sealed a blob. */
export function keyIdOf(blob: Buffer): string {
  if (blob.length <= tagEnd || blob[0] !== version) throw invalid();
  const hex = blob.toString('hex', 1, keyIdEnd);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Opens a blob; a wrong context or a changed bit is one and the same error. */
export function unseal(key: KeyRecord, blob: Buffer, context: EncryptionContext): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', materialOf(key), blob.subarray(keyIdEnd, ivEnd));
  decipher.setAAD(Buffer.concat([blob.subarray(0, keyIdEnd), canonicalContext(context)]));
  decipher.setAuthTag(blob.subarray(ivEnd, tagEnd));
  try {
    return Buffer.concat([decipher.update(blob.subarray(tagEnd)), decipher.final()]);
  } catch {
    throw invalid();
  }
}

const hexOf = (uuid: string): string => uuid.replaceAll('-', '');
const invalid = () => new KmsError('InvalidCiphertextException', 'The ciphertext is not valid');
