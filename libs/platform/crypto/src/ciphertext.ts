import type { Branded, SubjectId } from '@entrepot/kernel';
import { isIdOf } from '@entrepot/kernel';

/**
 * A value encrypted under its subject's key: `v1|A256GCM|<subject>|<key version>|<iv>|<tag>|<data>`,
 * the last three in base64url. A personal column takes nothing else.
 */
export type Ciphertext = Branded<'Ciphertext'>;

export interface CiphertextParts {
  readonly subject: SubjectId;
  readonly keyVersion: number;
  readonly iv: Buffer;
  readonly tag: Buffer;
  readonly data: Buffer;
}

const formatVersion = 'v1';
const algorithm = 'A256GCM';
const ivBytes = 12;
const tagBytes = 16;

/** The stored value is not one this library wrote, or was changed or moved since. */
export class CiphertextRejectedError extends Error {
  override readonly name = 'CiphertextRejectedError';
}

export function writeCiphertext(parts: CiphertextParts): Ciphertext {
  const bytes = [parts.iv, parts.tag, parts.data].map((part) => part.toString('base64url'));
  return [formatVersion, algorithm, parts.subject, parts.keyVersion, ...bytes].join(
    '|',
  ) as Ciphertext;
}

/** Throws `CiphertextRejectedError` for anything that `writeCiphertext` cannot have written. */
export function readCiphertext(text: string): CiphertextParts {
  const [version, name, subject = '', keyVersion = '', iv, tag, data, ...rest] = text.split('|');
  const isComplete = data !== undefined && rest.length === 0;
  if (!isComplete || version !== formatVersion || name !== algorithm) throw unreadable();
  if (!isIdOf('subject', subject) || !/^[1-9]\d{0,8}$/.test(keyVersion)) throw unreadable();
  const parts = {
    subject,
    keyVersion: Number(keyVersion),
    iv: Buffer.from(iv ?? '', 'base64url'),
    tag: Buffer.from(tag ?? '', 'base64url'),
    data: Buffer.from(data, 'base64url'),
  };
  if (parts.iv.length !== ivBytes || parts.tag.length !== tagBytes) throw unreadable();
  return parts;
}

/** Marks a column's value as ciphertext when it is read from the database; its form is checked. */
export function ciphertextOf(text: string): Ciphertext {
  readCiphertext(text);
  return text as Ciphertext;
}

const unreadable = () => new CiphertextRejectedError('the value has not the form of a ciphertext');
