import { KmsError } from './errors.ts';

/** Non-secret pairs that a ciphertext is bound to. */
export type EncryptionContext = Readonly<Record<string, string>>;

const contextBytesMax = 8192;

/**
 * One byte string per context, whatever the order of its pairs: names sorted by code unit, every name
 * and value preceded by its length, so that no two contexts share a form.
 */
export function canonicalContext(context: EncryptionContext): Buffer {
  const parts = Object.keys(context)
    .sort()
    .flatMap((name) => [lengthPrefixed(name), lengthPrefixed(context[name] ?? '')]);
  const bytes = Buffer.concat(parts);
  if (bytes.length > contextBytesMax) {
    throw new KmsError('ValidationException', 'The encryption context is larger than 8192 bytes');
  }
  return bytes;
}

function lengthPrefixed(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
